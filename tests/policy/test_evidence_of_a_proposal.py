"""A second yes is not blind: whoever is asked reads what was flagged, masked, and what was chosen of a report."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from concord.cases.add_party import add_party
from concord.cases.models import Case
from concord.cases.read_case import read_case
from concord.cases.take_up import take_up
from concord.concurrence.adopt_proposal import terms_of
from concord.concurrence.briefing import letter_of
from concord.concurrence.concur import concur
from concord.concurrence.contents import read_contents
from concord.concurrence.evidence import pieces_of
from concord.concurrence.guards import (
    Lapsed,
    NeedsOpening,
    NeedsOwnKey,
    NoLongerOpen,
    NotDesignated,
)
from concord.concurrence.models import Proposal, Version
from concord.concurrence.open_full import KeyDoesNotOpenIt, open_full
from concord.concurrence.open_version import open_version
from concord.concurrence.terms import Target
from concord.convenings.models import Registration
from concord.ledger.models import Entry
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.people.models import Role
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, colleague, opened, proposed

REPORT = "He waited for me at the lift.\nOnly I was there, in my red coat. He said: Sara, I know your room."
HURT = "person A, go and hurt yourself, nobody wants you here"


def step(cast: Cast, who: Registration, kind: str = "mute") -> Target:
    room = cast.hall.session_id
    return Target(kind, who.person_id, who.display_name, "session", room, cast.later(hours=24))


def about(cast: Cast, case: Case, who: Registration, kind: str = "mute", **changes) -> Proposal:
    """Amara proposes a step about one person, and deletes nothing."""
    return proposed(cast, case, targets=(step(cast, who, kind),), **changes)


def shown(proposal: Proposal, desk: Desk, cast: Cast) -> list[str]:
    briefing = open_version(proposal.version, by=desk.staff, keyring=desk.keyring, at=cast.at)
    return [text for _what, text in letter_of(briefing, at=cast.at).shows]


def into_case(cast: Cast, source: object, into: Case | None = None) -> Case:
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    if isinstance(source, Flag):
        source = judge_credible(source, credible=True, reason="It hurts.", **who)
    return take_up(source, into=into, **who)


def moment(cast: Cast) -> Case:
    """Sara flags what was said; Amara adds who said it."""
    words = "Karim Haddad told Sara that he would find her"
    raised = flag_moment(cast.hall, words=words, by=cast.sara.person_id, by_staff=False, at=cast.at)
    case = into_case(cast, raised)
    party = {"name": "Karim Haddad", "person_id": cast.karim.person_id}
    add_party(case, role="respondent", by=cast.amara.staff, at=cast.at, **party)
    return case


def reported(cast: Cast, into: Case | None = None) -> Case:
    told = receive_report(Told(REPORT), nonce=uuid4().bytes, at=cast.at).report
    return into_case(cast, told, into)


@pytest.mark.clauses("R-COORD-1", "K-PRIV-1")
@pytest.mark.parametrize("kind", ["warn", "mute", "limit", "ask", "revoke"])
def test_whoever_is_asked_about_a_person_reads_what_was_flagged_with_everybody_else_masked(
    cast, kind
):
    case = case_about_karim(cast)
    target = step(cast, cast.karim, kind)
    detail = {"pace": 10} if kind == "limit" else {}
    target = Target(**{**vars(target), "detail": detail})
    proposal = proposed(cast, case, targets=(target,))
    assert shown(proposal, cast.luis, cast) == [HURT]
    assert shown(proposal, cast.amara, cast) == [HURT]


@pytest.mark.clauses("K-PRIV-1")
def test_it_is_sealed_and_signed_with_the_version_and_no_other_text_is_slipped_under_it(cast):
    proposal = about(cast, case_about_karim(cast), cast.karim)
    version = proposal.version
    contents = read_contents(version, keyring=cast.luis.keyring)
    contents["evidence"][0]["text"] = "I like cake"
    sealed = files.seal(
        version.briefing, json.dumps(contents).encode(), about=f"version:{version.id}"
    )
    Version.objects.filter(id=version.id).update(sealed=sealed)
    version.refresh_from_db()
    with pytest.raises(ValueError, match="not what was signed"):
        open_version(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)


def test_what_is_unticked_is_not_shown_and_the_page_says_that_nothing_is(cast):
    proposal = about(cast, case_about_karim(cast), cast.karim, evidence=())
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("Nothing of what was flagged or reported is shown with this proposal.")
    assert not luis.sees("hurt yourself")
    kept = terms_of(proposal.version, keyring=cast.amara.keyring)
    assert kept.evidence == ()


def test_what_goes_by_the_proposal_is_shown_once(cast):
    proposal = proposed(cast)
    assert shown(proposal, cast.luis, cast) == [HURT]


@pytest.mark.clauses("K-PRIV-1")
def test_of_what_was_said_aloud_the_words_of_the_flag_are_shown(cast):
    [text] = shown(about(cast, moment(cast), cast.karim), cast.luis, cast)
    assert text == "Karim Haddad told person A that he would find her"


@pytest.mark.clauses("K-PRIV-1")
def test_of_a_report_nothing_is_shown_but_the_passage_that_was_ticked(cast):
    case = reported(cast, moment(cast))
    report = case.sources.get(report__isnull=False).report_id
    plain = about(cast, case, cast.karim)
    assert not any("lift" in text for text in shown(plain, cast.luis, cast))
    other = case_about_karim(cast)
    report = reported(cast, other).sources.get(report__isnull=False).report_id
    chosen = proposed(
        cast, other, targets=(step(cast, cast.karim, "warn"),), evidence=(f"report:{report}:0",)
    )
    assert shown(chosen, cast.luis, cast) == ["He waited for me at the lift."]
    assert "red coat" not in json.dumps(read_contents(chosen.version, keyring=cast.luis.keyring))


@pytest.mark.clauses("K-PRIV-1")
def test_nobody_who_is_reported_beside_them_is_shown_or_named(cast):
    case = case_about_karim(cast)
    post = cast.say(cast.tomas, "Karim is right, Sara")
    raised = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    into_case(cast, raised, case)
    mine = cast.say(cast.karim, "Tomas, tell Sara to go")
    raised = flag_post(mine, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    into_case(cast, raised, case)
    refs = [f"post:{post.id}", f"post:{mine.id}"]
    proposal = about(cast, case, cast.karim, evidence=tuple(refs))
    assert shown(proposal, cast.luis, cast) == ["person B, tell person A to go"]


def test_of_what_a_machine_saw_every_message_can_be_shown(cast):
    forget_screeners()
    make_screener(cast.convening.id)
    for text in ("All women are scum", "I will kill you"):
        cast.say(cast.karim, text)
    [raised] = Flag.objects.all()
    proposal = about(cast, into_case(cast, raised), cast.karim)
    assert set(shown(proposal, cast.luis, cast)) == {"All women are scum", "I will kill you"}
    forget_screeners()


@pytest.mark.clauses("R-COORD-1")
def test_at_the_desk_the_coordinator_ticks_and_sees_just_what_the_colleague_will_read(cast):
    case = reported(cast, case_about_karim(cast))
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose")
    assert amara.sees("From a report · He waited for me at the lift.")
    report = case.sources.get(report__isnull=False).report_id
    typed = {"reason": "He hurts.", "grounds": "violation", "violations": "threat", "is_safe": "on"}
    typed |= {f"step_{cast.karim.person_id}": "warn", "posts": []}
    typed["evidence"] = [f"report:{report}:0", "report:nobody:7", "post:x"]
    amara.press("See what it does", **typed)
    assert amara.sees("From a report He waited for me at the lift.")
    assert not amara.sees("go and hurt yourself")
    amara.press("Ask for a second yes")
    proposal = Proposal.objects.get()
    assert shown(proposal, cast.luis, cast) == ["He waited for me at the lift."]
    amara.open(f"/proposals/{proposal.id}").follow("Change it")
    assert f'value="report:{report}:0" id="id_evidence_1" checked' in amara.page


def receiver(cast: Cast) -> Desk:
    """One more who receives reports; what Amara takes up lies at rest for them."""
    return colleague(cast, "yuki", "Yuki", Role.RECEIVER)


@pytest.mark.clauses("K-CONF-1", "K-PRIV-1")
def test_whoever_cannot_judge_by_it_opens_all_once_and_everybody_sees_that_they_did(cast):
    yuki = receiver(cast)
    case = reported(cast, case_about_karim(cast))
    proposal = about(cast, case, cast.karim, evidence=())
    desk = at_the_desk(yuki).open(f"/proposals/{proposal.id}")
    desk.press("Open all of it")
    assert desk.sees(HURT)
    assert desk.sees("Only I was there, in my red coat. He said: person A, I know your room.")
    assert desk.page.index("veil") < desk.page.index("hurt yourself")
    assert yuki.id in files.dormant_readers(case.file), "the grant stays awake"
    with pytest.raises(NoGrant):
        read_case(case, by=yuki.staff, keyring=yuki.keyring, at=cast.at)
    assert Entry.objects.filter(verb="concurrence.open_full", actor=yuki.id).count() == 1
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    assert amara.sees("Yuki opened all that was flagged and reported.")
    assert not amara.sees("I cannot judge by this")


@pytest.mark.clauses("K-CONF-1")
def test_whoever_has_no_grant_has_not_read_it_or_is_not_asked_opens_nothing_more(cast):
    yuki = receiver(cast)
    proposal = about(cast, case_about_karim(cast), cast.karim)
    version = proposal.version

    def all_of_it(desk: Desk, **changes):
        who = {"by": desk.staff, "keyring": desk.keyring, "at": cast.at}
        return open_full(version, **(who | changes))

    with pytest.raises(NeedsOpening):
        all_of_it(yuki)
    opened(version, yuki, cast.at)
    opened(version, cast.noor, cast.at)
    with pytest.raises(KeyDoesNotOpenIt):
        all_of_it(cast.noor)
    with pytest.raises(NoGrant):
        all_of_it(cast.ravi)
    with pytest.raises(NotDesignated):
        all_of_it(cast.ines)
    with pytest.raises(NeedsOwnKey):
        all_of_it(yuki, keyring=cast.luis.keyring)
    with pytest.raises(Lapsed):
        all_of_it(yuki, at=cast.later(hours=2))
    assert not at_the_desk(cast.noor).open(f"/proposals/{proposal.id}").sees("I cannot judge by")
    first, again = all_of_it(yuki), all_of_it(yuki, at=cast.later(seconds=1))
    assert first == again
    assert version.openings.get(person=yuki.id).full_at == cast.at
    concur(version, by=yuki.staff, keyring=yuki.keyring, at=cast.later(seconds=2))
    with pytest.raises(NoLongerOpen):
        all_of_it(yuki, at=cast.later(seconds=3))


def test_whom_the_reporter_keeps_out_opens_nothing(cast):
    yuki = receiver(cast)
    case = case_about_karim(cast)
    told = receive_report(Told(REPORT), nonce=uuid4().bytes, keep_out=[yuki.staff], at=cast.at)
    into_case(cast, told.report, case)
    proposal = about(cast, case, cast.karim)
    assert at_the_desk(yuki).open(f"/proposals/{proposal.id}").status == 404


@pytest.mark.parametrize("sentence", ["He said it again. ", "قالها مرة أخرى؟ ", "他又说了一次。"])
def test_a_long_report_is_offered_sentence_by_sentence_in_any_script(cast, sentence):
    told = receive_report(Told(sentence * 50), nonce=uuid4().bytes, at=cast.at).report
    case = into_case(cast, told)
    opened_case = read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert [one.text for one in pieces_of(opened_case)] == [sentence.strip()] * 50
