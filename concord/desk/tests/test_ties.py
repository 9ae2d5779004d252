"""Whom somebody of the team is close to: said on a page of their own, and what it does from then on (K-CONF-1)."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest

from concord.cases.accept_hand_over import NotAskedToTakeIt, accept_hand_over
from concord.cases.add_party import add_party
from concord.cases.agree_to_no_action import agree_to_no_action, may_agree_on_the_team
from concord.cases.decide_no_action import decide_no_action
from concord.cases.hand_over import NobodyToTakeIt, give_a_row_to_newcomers, hand_over
from concord.cases.models import Case, NoAction, Party
from concord.cases.presence import able_to_take, asked_by
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.guards import Acquainted
from concord.concurrence.models import Proposal
from concord.concurrence.owe_decisions import whom_it_is_about
from concord.concurrence.propose import about_of, known_to
from concord.concurrence.rings import may_be_asked
from concord.concurrence.terms import Target
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import (
    AcquaintedDoNotLetItRest,
    FlaggedPersonDoesNotJudge,
    judge_credible,
)
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.models import Tie
from concord.people.tests.team import Mailbox
from concord.reports.models import Report, State
from concord.reports.receive_report import receive_report
from concord.reports.set_aside import AcquaintedDoNotLetItRest as DoesNotSetAside
from concord.reports.set_aside import set_aside
from concord.reports.told import Source, Told
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import Browser
from tests.cast import (
    Cast,
    assessed,
    case_about_karim,
    closed,
    colleague,
    flagged,
    opened,
    participant,
    proposed,
    reads_and_agrees,
)
from tests.looking_again import another_receiver

SOFT = Tie.Kind.SOFT


@pytest.mark.clauses("K-CONF-1")
def test_close_to_a_name_that_is_shown_everything_about_them_goes_at_once_and_for_good(
    cast: Cast, noor: Browser, amara: Browser
) -> None:
    flag, proposal = flagged(cast, "Another thing"), proposed(cast)
    assert noor.open(f"/proposals/{proposal.id}").status == 200
    noor.open("/team").follow("Whom you are close to")
    noor.press("Keep it", kind="hard", name="karim  haddad")
    assert noor.sees("Kept. Nobody else sees it.")
    assert noor.sees("karim haddad close")
    for path in (f"/proposals/{proposal.id}", f"/flags/{flag.id}"):
        assert noor.open(path).status == 404
    noor.open("/team/ties").press("Take it back")
    assert not noor.sees("karim haddad")
    assert noor.open(f"/proposals/{proposal.id}").status == 404
    assert noor.open(f"/flags/{flagged(cast, 'A third').id}").status == 200
    for path in ("/team", "/team/ties", f"/cases/{proposal.case_id}"):
        assert not amara.open(path).sees("karim haddad")
    assert amara.sees("Somebody stepped out")


def test_close_to_a_mailbox_before_they_come(cast: Cast, noor: Browser) -> None:
    """What is answered does not tell whether somebody takes part with it."""
    known = noor.open("/team/ties").press("Keep it", mailbox="Tomas@example.org").words
    unknown = noor.press("Take it back").press("Keep it", mailbox="amina@example.org").words
    assert known.replace("tomas@", "") == unknown.replace("amina@", "")
    amina = participant(cast.convening, "Amina", "amina@example.org", cast.at)
    post = cast.say(amina, "Go away")
    about = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    assert cast.noor.id not in files.readers(about.file)
    assert noor.open(f"/flags/{about.id}").status == 404


def test_close_to_a_mailbox_whose_owner_is_to_be_kept_out(cast: Cast) -> None:
    """Nobody has come with it, so there is no person yet to be close to."""
    declare_tie(cast.noor.staff, mailbox="dana@example.org", at=cast.at)
    out = Target(
        "deny",
        uuid4(),
        "Dana",
        detail={"addresses": ["dana@example.org"]},
        until_at=cast.later(hours=24),
    )
    assert about_of([out]) == {cast.noor.id}


@pytest.mark.parametrize("more", [(), ("d@elsewhere.example",)])
def test_said_late_of_a_mailbox_whose_owner_is_to_be_kept_out_what_names_it_goes_at_once(
    cast: Cast, more: tuple[str, ...]
) -> None:
    """Noor was asked, Luis agreed: neither reads it any more. Ines was given nothing, and nothing of hers changes."""
    out = Target(
        "deny",
        uuid4(),
        "Dana",
        scope_kind="all",
        detail={"addresses": ["dana@example.org", *more]},
        until_at=cast.later(hours=24),
    )
    proposal = proposed(cast, targets=(out,))
    version, case = proposal.version, proposal.case
    said = {"mailbox": "Dana@Example.org", "at": cast.at}
    declare_tie(cast.ines.staff, keyring=cast.ines.keyring, **said)
    declare_tie(cast.noor.staff, keyring=cast.noor.keyring, **said)
    assert not Proposal.objects.visible_to(cast.noor.staff).exists()
    assert not files.may_open(version.briefing, cast.noor.id)
    assert {one.person for one in case.recusals.all()} == {cast.noor.id}
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    decision = concur(opened(version, cast.luis, cast.at), **luis).execution.decision
    assert files.may_open(decision.file, cast.luis.id)
    assert whom_it_is_about(decision) == {cast.noor.id, cast.ines.id}
    declare_tie(cast.luis.staff, **said)  # no key of his is open: what lies with the shut tells it
    assert not files.may_open(decision.file, cast.luis.id)
    assert not Proposal.objects.visible_to(cast.luis.staff).exists()


def test_who_knows_the_owner_of_a_mailbox_a_little_is_asked_no_longer(cast: Cast) -> None:
    detail = {"addresses": ["dana@example.org"]}
    until_at = cast.later(hours=24)
    out = Target("deny", uuid4(), "Dana", scope_kind="all", detail=detail, until_at=until_at)
    version = proposed(cast, targets=(out,)).version
    declare_tie(cast.noor.staff, mailbox="dana@example.org", kind=SOFT, at=cast.at)
    assert not files.may_open(version.briefing, cast.noor.id)
    assert not version.proposal.case.recusals.exists()

    declare_tie(cast.noor.staff, mailbox="ada@example.org", kind=SOFT, at=cast.at)
    ada = Target(
        "deny",
        uuid4(),
        "Ada",
        scope_kind="all",
        detail={"addresses": ["ada@example.org"]},
        until_at=until_at,
    )
    asked = proposed(cast, targets=(ada,)).version
    assert files.readers(asked.briefing) == {cast.amara.id, cast.luis.id}
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    decision = concur(opened(asked, cast.luis, cast.at), **luis).execution.decision
    ending = (Target("lift", decision.id, decision.code),)
    assert known_to(ending) == {cast.noor.id}
    declare_tie(cast.luis.staff, mailbox="ada@example.org", at=cast.at)
    assert cast.luis.id in about_of(ending)


def test_close_to_a_colleague(cast: Cast, noor: Browser) -> None:
    noor.open("/team/ties").press("Keep it", colleague=str(cast.luis.staff.id))
    case = case_about_karim(cast)
    assert cast.noor.id in files.dormant_readers(case.sources.get().file)
    add_party(
        case,
        role="respondent",
        name="Luis",
        person_id=cast.luis.id,
        by=cast.amara.staff,
        at=cast.at,
    )
    out = set(case.recusals.values_list("person", flat=True))
    assert {cast.noor.id, cast.luis.id} <= out


def test_what_is_missing_or_unknown_is_said_and_keeps_nothing(cast: Cast, noor: Browser) -> None:
    assert noor.open("/team/ties").press("Keep it").sees("Say who it is")
    assert noor.press("Keep it", name="Nobody Such").sees("Nobody is shown under this name")
    assert noor.press("Keep it", name="", mailbox="no address").status == 422
    assert noor.press("Keep it", mailbox="", name="x" * 5000).status == 422
    assert not cast.noor.staff.ties.exists()


def test_whoever_sees_no_names_is_not_asked_for_one(cast: Cast, ines: Browser) -> None:
    ines.open("/team/ties").press("Keep it", name="Karim Haddad", mailbox="sara@example.org")
    assert not ines.sees("Karim Haddad")
    assert cast.ines.staff.ties.count() == 1


def test_nobody_takes_back_what_somebody_else_said(cast: Cast, amara: Browser) -> None:
    tie = cast.ravi.staff.ties.get()
    amara.open("/team/ties")
    assert amara.post(f"/team/ties/{tie.id}/end").status == 404
    assert cast.ravi.staff.ties.exists()


@pytest.mark.clauses("K-CONF-1")
def test_naming_somebody_takes_out_whoever_is_close_to_them_in_the_same_moment(
    cast: Cast, luis: Browser
) -> None:
    """Luis is deputy in a case about Karim, and close to Tomas, whom Amara then names."""
    declare_tie(cast.luis.staff, person=cast.tomas.person, at=cast.at)
    case = case_about_karim(cast)
    assert case.deputy == cast.luis.staff
    assert luis.open(f"/cases/{case.id}").status == 200
    who = {"person_id": cast.tomas.person_id, "by": cast.amara.staff, "at": cast.at}
    add_party(case, role="witness", name="Tomas", **who)
    assert luis.open(f"/cases/{case.id}").status == 200
    add_party(case, role="respondent", name="Tomas", **who)
    case.refresh_from_db()
    assert case.deputy != cast.luis.staff
    assert luis.open(f"/cases/{case.id}").status == 404
    assert not case.restrictions.standing().exists()


def test_a_tie_to_somebody_whom_a_case_names_takes_its_own_declarer_out_at_once(
    cast: Cast, luis: Browser
) -> None:
    """Luis is deputy; Tomas was named by hand, so that only an open key tells that he is in it. One is closed."""
    case, over = case_about_karim(cast), case_about_karim(cast)
    who = {"person_id": cast.tomas.person_id, "by": cast.amara.staff, "at": cast.at}
    for each in (case, over):
        add_party(each, role="survivor", name="Tomas", **who)
    assert closed(cast, over).state == "closed"
    luis.open("/team/ties").press("Keep it", mailbox="tomas@example.org")
    for each in (case, over):
        assert luis.open(f"/cases/{each.id}").status == 404
    assert not case.recusals.filter(person=cast.noor.id).exists()


@pytest.mark.clauses("K-CONF-1")
def test_close_to_somebody_who_is_known_by_a_mailbox_alone_is_out_before_and_after(
    cast: Cast, luis: Browser
) -> None:
    """Dana never signs in. Amara said so before Dana is named, and coordinates; Luis, the deputy, says it late."""
    case = case_about_karim(cast)
    declare_tie(cast.amara.staff, mailbox="dana@example.org", at=cast.at)
    who = {"name": "Dana", "addresses": ["Dana@Example.org", "no@address"], "at": cast.at}
    add_party(case, role="witness", by=cast.amara.staff, **who)
    assert files.may_open(case.file, cast.amara.id)
    add_party(case, role="survivor", by=cast.amara.staff, **who)
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert not files.may_open(case.file, cast.amara.id)
    assert set(case.recusals.values_list("person", flat=True)) == {cast.amara.id}
    mina, zoe = another_receiver(cast), another_receiver(cast, "zoe")
    declare_tie(mina.staff, mailbox="dana@example.org", at=cast.at)
    give_a_row_to_newcomers(case, keyring=cast.luis.keyring, at=cast.at)
    assert {mina.id, zoe.id} & files.dormant_readers(case.file) == {zoe.id}
    luis.open("/team/ties").press("Keep it", kind="hard", mailbox="dan@example.org")
    assert luis.open(f"/cases/{case.id}").status == 200
    luis.open("/team/ties").press("Keep it", kind="hard", mailbox="dana@example.org")
    assert luis.open(f"/cases/{case.id}").status == 404
    assert not files.may_open(case.file, cast.luis.id)


def case_from_a_report(cast: Cast) -> Case:
    """No post was flagged: who it is about was named by hand, and lies sealed."""
    report = receive_report(Told("He waits at my door."), nonce=b"7" * 16, at=cast.at).report
    case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    who = {"person_id": cast.karim.person_id, "by": cast.amara.staff, "at": cast.at}
    add_party(case, role="respondent", name="Karim", **who)
    return assessed(cast, case)


@pytest.mark.clauses("K-CONF-1", "P-ZERO-1")
@pytest.mark.parametrize("kind", [Tie.Kind.HARD, SOFT])
def test_a_friend_of_whom_a_report_is_about_does_not_agree_that_nothing_is_done(
    cast: Cast, noor: Browser, kind: Tie.Kind
) -> None:
    """Noor holds no key to the case. Zoe is close to somebody who is named once it was put before her; Lea says so
    after that, of a mailbox that nobody signs in with.
    """
    zoe, lea = colleague(cast, "zoe", "Zoe"), colleague(cast, "lea", "Lea")
    case = case_from_a_report(cast)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    decided = decide_no_action(case, reason="It was a quotation.", **amara)
    row = f"/left/{decided.id}"
    assert noor.open(row).status == 200
    declare_tie(cast.noor.staff, person=cast.karim.person, kind=kind, at=cast.at)
    assert noor.open(row).status == 404
    declare_tie(zoe.staff, mailbox="tomas@example.org", kind=kind, at=cast.at)
    add_party(
        case,
        role="affected",
        name="T.",
        addresses=["Tomas@Example.org", "T@Example.org"],
        by=cast.amara.staff,
        at=cast.at,
    )
    assert NoAction.objects.visible_to(lea.staff).exists()
    declare_tie(lea.staff, mailbox="t@example.org", kind=kind, at=cast.at)
    for one in (zoe, lea):
        assert not NoAction.objects.visible_to(one.staff).exists()
    for one in (cast.noor, zoe, lea):
        with pytest.raises(NoGrant):
            agree_to_no_action(decided, by=one.staff, keyring=one.keyring, at=cast.at)
    assert reads_and_agrees(decided, cast.luis, cast.at)


@pytest.mark.clauses("K-CONF-1", "R-COORD-1")
def test_a_friend_of_whom_a_report_is_about_takes_no_seat_and_has_no_key_woken(
    cast: Cast, luis: Browser
) -> None:
    """Mina's key rests, and her row stays: it does not tell that the one she named is in it."""
    mina = another_receiver(cast)
    case = case_from_a_report(cast)
    assert mina.id in files.dormant_readers(case.file)
    Party.objects.update(ties=None)  # as it was sealed before tokens lay beside
    declare_tie(mina.staff, person=cast.karim.person, at=cast.at)
    assert Case.objects.visible_to(mina.staff).filter(id=case.id).exists()
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    asked = hand_over(case, to=None, **amara)
    assert mina.staff not in asked_by(asked, at=cast.at)
    with pytest.raises(NotAskedToTakeIt):
        accept_hand_over(asked, by=mina.staff, at=cast.at)
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (cast.amara.staff, None)
    assert mina.id not in files.readers(case.file)
    with pytest.raises(NobodyToTakeIt):
        hand_over(case, to=None, **amara)


def test_tokens_beside_a_party_tell_neither_a_part_nor_that_two_cases_name_one_person(
    cast: Cast,
) -> None:
    """Each is as long, and none is there twice; with the parties they go."""
    for case in (case_from_a_report(cast), case_about_karim(cast)):
        who = {"person_id": cast.karim.person_id, "by": cast.amara.staff, "at": cast.at}
        for role in ("witness", "affected"):
            add_party(case, role=role, name="Karim", **who)
    kept = [bytes(one or b"") for one in Party.objects.values_list("ties", flat=True)]
    assert {len(one) for one in kept} == {64}
    per_case = [
        {row[at : at + 16] for row in map(bytes, rows) for at in range(0, 64, 16)}
        for rows in (case.parties.values_list("ties", flat=True) for case in Case.objects.all())
    ]
    assert not per_case[0] & per_case[1]
    known = {
        bytes(one)
        for row in Tie.objects.values_list("person_token", "mailbox_token")
        for one in row
        if one
    }
    assert not known & (per_case[0] | per_case[1])


@pytest.mark.clauses("K-CONF-1")
def test_said_late_the_reports_about_somebody_go_as_well_and_the_last_goes_outside(
    cast: Cast, luis: Browser
) -> None:
    """Three came from posts of Karim's. One joins a case that Luis is out of already, and he sees it there no more."""
    case, reports = case_about_karim(cast), [report_about_karim(cast) for _each in range(3)]
    declare_tie(cast.luis.staff, person=cast.karim.person, at=cast.at)  # with no key open
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    take_up(reports[0], into=case, **amara)
    assert [luis.open(f"/reports/{one.id}").status for one in reports] == [404, 200, 200]
    assert not case.recusals.filter(person=cast.amara.id).exists()
    luis.open("/team/ties").press("Take it back")
    luis.open("/team/ties").press("Keep it", kind="hard", mailbox="karim.haddad@gmail.com")
    assert [luis.open(f"/reports/{one.id}").status for one in reports] == [404, 404, 404]
    assert luis.post(f"/reports/{reports[1].id}/code", nonce="ab").status == 404
    declare_tie(cast.amara.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    Report.objects.update(state=State.ACKNOWLEDGED)
    with pytest.raises(DoesNotSetAside):
        set_aside(reports[1], reason="A copy.", alleges=False, **amara)
    declare_tie(cast.amara.staff, person=cast.karim.person, keyring=cast.amara.keyring, at=cast.at)
    assert not Report.objects.visible_to(cast.amara.staff).exists()
    assert files.readers(reports[1].file) == {cast.outside.holder}


def report_about_karim(cast: Cast) -> Report:
    told = Told(text="He wrote this.", source=Source.of(cast.say(cast.karim, "Go away")))
    return receive_report(told, nonce=os.urandom(16), at=cast.at).report


@pytest.mark.clauses("R-CONCUR-1")
def test_whoever_knows_them_a_little_reads_and_gives_no_yes(cast: Cast, luis: Browser) -> None:
    another_receiver(cast)
    declare_tie(cast.noor.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    flag = flagged(cast, "Another thing")
    assert cast.noor.id in files.readers(flag.file)
    proposal = proposed(cast)
    assert cast.noor.id not in files.readers(proposal.version.briefing)
    version = opened(proposal.version, cast.luis, cast.at)
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    with pytest.raises(Acquainted):
        concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    page = luis.open(f"/proposals/{proposal.id}")
    assert page.status == 200
    assert not page.sees("I agree")
    assert not luis.open("/").sees("asks for your yes")
    assert cast.luis.staff not in may_be_asked(version, at=cast.at)


def test_whoever_says_later_that_they_know_them_a_little_is_asked_no_longer(
    cast: Cast, noor: Browser
) -> None:
    """A yes that Noor gave is void, and the row that asks her for another is gone.

    Ines, who was never asked, hears nothing. Luis is the last who could agree: then it is declined, and what is left as
    it is goes to the outside contact.
    """
    case = assessed(cast, case_about_karim(cast))
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    decided = decide_no_action(case, reason="It was a quotation.", **amara)
    proposal = proposed(cast, case_about_karim(cast), act_at_once=False)
    version = opened(proposal.version, cast.noor, cast.at)
    concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    rows = (f"/proposals/{proposal.id}", f"/left/{decided.id}")
    assert [noor.open(row).status for row in rows] == [200, 200]
    Job.objects.all().delete()
    told: list[tuple[object, ...]] = []
    with pytest.MonkeyPatch.context() as patch:
        for room in ("cases.ask_outside", "concurrence.hear_ties"):
            patch.setattr(f"concord.{room}.tell_desks", lambda *said: told.append(said))
        for one in (cast.ines, cast.noor):
            declare_tie(one.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    gone = {(*persons, id) for persons, event, id in told if event == "gone"}
    assert gone == {(cast.noor.id, proposal.id), (cast.noor.id, decided.id)}
    assert [noor.open(row).status for row in rows] == [404, 404]
    assert not noor.open("/").sees(proposal.code)
    assert not noor.sees(case.code)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    assert cast.luis.id in Job.objects.waiting().values_list("subject", flat=True)
    with pytest.raises(NoGrant):
        agree_to_no_action(decided, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    assert may_agree_on_the_team(decided, at=cast.at)
    luis = {"keyring": cast.luis.keyring, "at": cast.at}
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=SOFT, **luis)
    proposal.refresh_from_db()
    assert proposal.state == "declined"
    assert not may_agree_on_the_team(decided, at=cast.at)
    rung = set(Job.objects.waiting().filter(kind=NOTICE).values_list("subject", flat=True))
    assert {cast.amara.id, cast.outside.holder} <= rung
    assert files.may_open(decided.briefing, cast.outside.holder)


def test_whoever_knows_the_writer_a_little_does_not_let_it_rest(cast: Cast) -> None:
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    flag = flagged(cast, "Another thing")
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.at}
    with pytest.raises(AcquaintedDoNotLetItRest):
        judge_credible(flag, credible=False, reason="He jokes.", **who)
    assert judge_credible(flag, credible=True, reason="No joke.", **who).credible


def test_whoever_knows_them_a_little_coordinates_last(cast: Cast) -> None:
    declare_tie(cast.amara.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    case = case_about_karim(cast)
    assert (case.coordinator, case.deputy) == (cast.luis.staff, cast.amara.staff)


def test_whoever_knows_them_a_little_follows_in_a_seat_only_where_nobody_else_can(
    cast: Cast,
) -> None:
    """Mina holds the key at rest; Luis, the deputy and on call, said that he has met Karim."""
    mina, case = another_receiver(cast), case_about_karim(cast)
    assert case.deputy == cast.luis.staff
    declare_tie(cast.luis.staff, person=cast.karim.person, kind=SOFT, at=cast.at)
    assert able_to_take(case, at=cast.at) == [mina.staff, cast.luis.staff]
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=cast.at)
    case.refresh_from_db()
    assert (case.coordinator, case.deputy) == (mina.staff, cast.luis.staff)


@pytest.mark.clauses("K-CONF-1")
def test_whoever_takes_part_themself_shows_with_which_mailbox_and_is_one_person(
    cast: Cast, luis: Browser, mailbox: Mailbox
) -> None:
    """Luis takes part as Tomas; a case is about Karim, and then about Tomas too."""
    case = case_about_karim(cast)
    luis.open("/team/ties").follow("I take part in events myself")
    luis.press("Send me six digits", address="tomas@example.org")
    assert luis.press("It is mine", code="000 000").sees("not the six digits")
    luis.press("It is mine", code=mailbox.code())
    assert luis.sees("What is about you never reaches you.")
    assert luis.sees("tomas@example.org yourself")
    assert not luis.sees("Take it back")
    post = cast.say(cast.tomas, "What a talk")
    flag = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    assert luis.open(f"/flags/{flag.id}").status == 404
    assert luis.open(f"/cases/{case.id}").status == 200
    who = {"person_id": cast.tomas.person_id, "by": cast.amara.staff, "at": cast.at}
    add_party(case, role="survivor", name="Tomas", **who)
    assert luis.open(f"/cases/{case.id}").status == 404
    assert case.restrictions.standing().exists()
    files.grant(flag.file, to=cast.luis.id, by=cast.amara.keyring, at=cast.at)
    with pytest.raises(FlaggedPersonDoesNotJudge):
        judge_credible(
            flag,
            credible=False,
            reason="Mine.",
            by=cast.luis.staff,
            keyring=cast.luis.keyring,
            at=cast.at,
        )


def test_digits_of_somebody_else_or_of_another_browser_show_nothing(
    cast: Cast, luis: Browser, noor: Browser, mailbox: Mailbox
) -> None:
    luis.open("/team/yourself").press("Send me six digits", address="tomas@example.org")
    code = mailbox.code()
    noor.open("/team/yourself/code").press("It is mine", code=code)
    assert noor.status == 409
    luis.press("It is mine", code=code)
    assert luis.open("/team/yourself/code").press("It is mine", code=code).status == 409
    assert cast.luis.staff.ties.filter(kind=Tie.Kind.OWN).count() == 1
    assert not cast.noor.staff.ties.exists()


def test_a_colleague_is_named_in_a_case_by_their_working_name(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    case = case_about_karim(cast)
    amara.open(f"/cases/{case.id}/people").press("Keep it", role="respondent", name="luis")
    assert luis.open(f"/cases/{case.id}").status == 404
    assert case.restrictions.standing().exists()


@pytest.mark.clauses("I-WHO-1")
def test_a_flag_that_names_somebody_of_the_team_goes_to_the_others_and_so_does_its_case(
    cast: Cast, luis: Browser
) -> None:
    post = cast.say(cast.karim, "Go away")
    words = "Your Luís is a friend of his"
    flag = flag_post(post, words=words, by=cast.sara.person_id, by_staff=False, at=cast.at)
    assert luis.open(f"/flags/{flag.id}").status == 404
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    case = take_up(judge_credible(flag, credible=True, reason="Rude.", **who), **who)
    assert luis.open(f"/cases/{case.id}").status == 404
    assert case.code not in luis.open("/").page
