"""Attempts against who reported, witnessed or answered are offered to readers of the older case, and to nobody else."""

from __future__ import annotations

from uuid import uuid4

import pytest

from concord.cases.add_party import add_party
from concord.cases.keep_clocks import purge_cases
from concord.cases.models import Case, LinkedCase
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.convenings.rename import rename
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.monitoring.screeners import make_screener
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.people.tests.team import Mailbox
from concord.reports.models import Report
from concord.reports.receive_report import receive_report
from concord.reports.told import Source, Told
from concord.retaliation.alarm_offered import (
    alarm_offered,
    attempts_unanswered,
    waits_for_an_answer,
)
from concord.retaliation.models import Attempt, Protected
from concord.retaliation.settle_attempt import ItIsAimedAtYou, dismiss_attempt, link_attempt
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, closed, opened, participant, proposed
from tests.policy.test_confidentiality import dump
from tests.policy.test_keeping import warned_and_due

SIGN = "May be retaliation"


def told(cast: Cast, text: str, **more: object) -> Report:
    """Somebody sends a report."""
    words = Told(text, **more)  # type: ignore[arg-type]
    return receive_report(words, nonce=uuid4().bytes, at=cast.later(days=9)).report


def seen_by(cast: Cast, desk: Desk) -> list[Attempt]:
    return list(Attempt.objects.visible_to(desk.staff).offered())


@pytest.fixture
def case(cast: Cast) -> Case:
    """Karim was reported by Sara; Tomas saw it; Amara coordinates, Luis is her deputy."""
    case = case_about_karim(cast)
    add_party(
        case, role="witness", name="Tomas Vega", addresses=["tomas.vega@work.example"],
        person_id=cast.tomas.person_id, by=cast.amara.staff, at=cast.at,
    )  # fmt: skip
    return closed(cast, case, at=cast.at)


@pytest.mark.clauses("V-RETAL-1")
def test_a_report_naming_both_sides_of_an_old_case_goes_before_its_readers_alone(
    cast: Cast, case: Case
) -> None:
    report = told(cast, "Karim has been writing to the employer of Sara since the event.")
    amara, luis = at_the_desk(cast.amara).open("/"), at_the_desk(cast.luis).open("/")
    for reader in (amara, luis):
        assert reader.sees(SIGN)
        assert reader.sees(report.code)
    for desk in (cast.ravi, cast.noor, cast.ines):
        other = at_the_desk(desk).open("/")
        assert not other.sees(SIGN)
        assert not other.sees(case.code)
        assert other.open(f"/follows/{Attempt.objects.get().id}").status == 404
    assert (
        not Report.objects.get().urgent
    )  # for who does not read the old case nothing is different
    assert alarm_offered(None, at=cast.later(days=9, hours=13)) == 1
    (waits,) = attempts_unanswered(cast.at)
    assert (waits.quiet, waits.persons) == (True, {cast.amara.id, cast.luis.id})
    amara.follow(SIGN).press("It belongs to the older case")
    take_up(report, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(days=9))
    link = LinkedCase.objects.get()
    assert link.older == case
    assert luis.open(f"/cases/{link.case_id}").sees(case.code)
    assert not luis.open("/").sees(SIGN)
    assert list(attempts_unanswered(cast.at)) == []


@pytest.mark.clauses("V-RETAL-1")
def test_whoever_stepped_out_of_the_old_case_or_is_kept_out_of_the_new_report_is_not_told(
    cast: Cast, case: Case
) -> None:
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    who_waits = "Karim Haddad waits outside the office of whoever reported him"
    report = told(cast, f"{who_waits}, and Amara, Luis and Ravi know.")
    files.grant(case.file, to=cast.outside.holder, by=cast.amara.keyring, at=cast.at)
    assert cast.outside.holder in files.readers(case.file) & files.readers(report.file)
    promises = Answer.objects.filter(box=cast.outside.holder, kind="promise")
    assert not promises.exists()
    assert alarm_offered(None, at=cast.later(days=9, hours=13)) == 1
    assert promises.count() == 1, "that nobody on the team can look at both"
    assert not waits_for_an_answer(case), "there is nobody to wait for"
    for desk in (cast.amara, cast.luis, cast.ravi, cast.noor):
        assert seen_by(cast, desk) == []
        with pytest.raises(NoGrant):
            link_attempt(Attempt.objects.get(), by=desk.staff, at=cast.at)


@pytest.mark.clauses("V-RETAL-2")
@pytest.mark.parametrize(
    "words",
    [
        "They post that Vega, Tomas is a liar.",
        "Everybody was sent his address, tomas.vega+list@work.example, and told to write.",
        "Томас Вега must lose his job, they say.",
    ],
)
def test_what_touches_a_witness_is_noticed_however_they_are_named(
    cast: Cast, case: Case, words: str
) -> None:
    told(cast, words)
    assert [one.case for one in seen_by(cast, cast.luis)] == [case]


@pytest.mark.clauses("V-RETAL-2")
def test_a_flag_on_a_post_about_a_witness_is_noticed_and_the_letter_says_nothing(
    cast: Cast, case: Case, mailbox: Mailbox
) -> None:
    friend = participant(cast.convening, "Omar Said", "omar@example.org", cast.at)
    other = participant(cast.convening, "Mina Roy", "mina@example.org", cast.at)
    post = cast.say(friend, "Tomas Vega works at the ministry. Write to them.")
    flag_post(post, words="", by=other.person_id, by_staff=False, at=cast.later(hours=1))
    assert [one.case for one in seen_by(cast, cast.luis)] == [case]
    rename(cast.tomas, display_name="Tova Reed", by=cast.tomas.person_id, at=cast.at)
    post = cast.say(friend, "It is Tova Reed now. Write there again.")
    flag_post(post, words="", by=other.person_id, by_staff=False, at=cast.later(hours=1))
    assert [one.case for one in seen_by(cast, cast.luis)] == [case, case]
    run_due(at=cast.later(hours=2))
    assert not any(word in str(letter) for letter in mailbox for word in (SIGN, "Vega", "Reed"))
    Job.objects.filter(kind="monitoring.notice").delete()
    assert alarm_offered(None, at=cast.later(hours=1, minutes=1)) == 0
    assert alarm_offered(None, at=cast.later(hours=1, minutes=3)) == 2
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert set(rung) == {cast.amara.id, cast.luis.id}
    assert alarm_offered(None, at=cast.later(hours=1, minutes=4)) == 0
    assert [one.persons for one in attempts_unanswered(cast.at)] == [set(rung)]
    due = warned_and_due(case)
    assert purge_cases(at=due) == 0, "not under what nobody has answered"
    for attempt in seen_by(cast, cast.luis):
        dismiss_attempt(attempt, by=cast.luis.staff, at=due)
    assert purge_cases(at=due) == 1


@pytest.mark.clauses("V-RETAL-2")
def test_a_later_message_in_an_item_of_screening_is_compared_as_the_first_one_is(
    cast: Cast, case: Case
) -> None:
    make_screener(cast.convening.id)
    friend = participant(cast.convening, "Omar Said", "omar@example.org", cast.at)
    cast.say(friend, "Women are so stupid")
    assert seen_by(cast, cast.luis) == []
    cast.say(friend, "Tomas Vega, I will kill you", at=cast.later(minutes=1))
    assert [one.case for one in seen_by(cast, cast.luis)] == [case]


@pytest.mark.clauses("V-RETAL-3")
def test_an_insult_to_whoever_coordinated_is_noticed_and_they_do_not_handle_it(
    cast: Cast, case: Case
) -> None:
    friend = participant(cast.convening, "Omar Said", "omar@example.org", cast.at)
    post = cast.say(friend, "Amara from the team should be afraid to go home.")
    at = cast.later(hours=1)
    flag_post(post, words="", by=cast.tomas.person_id, by_staff=False, at=at)
    found = seen_by(cast, cast.luis)
    assert [one.case for one in found] == [case]
    with pytest.raises(ItIsAimedAtYou):
        dismiss_attempt(found[0], by=cast.amara.staff, at=at)
    flag = judge_credible(
        Flag.objects.get(post=post), credible=True, reason="A threat to a colleague.",
        by=cast.amara.staff, keyring=cast.amara.keyring, at=at,
    )  # fmt: skip
    new = take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)
    link_attempt(found[0], by=cast.luis.staff, at=at)
    new.refresh_from_db()
    assert new.coordinator == cast.luis.staff
    assert not Case.objects.visible_to(cast.amara.staff).filter(id=new.id).exists()


@pytest.mark.clauses("V-RETAL-3")
def test_letters_to_the_person_reported_carry_the_name_of_the_team_and_nobody_elses(
    cast: Cast, mailbox: Mailbox
) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    run_due(at=cast.later(minutes=5))
    sent = [str({**letter}) for letter in mailbox]
    assert sent
    for letter in sent:
        assert not any(name in letter for name in ("Amara", "Luis", "Noor", "Ravi"))
    staff = set(Protected.objects.filter(is_staff=True, kind="person").values_list("who"))
    assert len(staff) == 2  # who coordinates and who agreed


@pytest.mark.clauses("V-RETAL-1")
@pytest.mark.parametrize(
    "words",
    [
        "Sara is very kind, and the talk was good.",
        "A man called Karim spoke too long.",
        "Amara and Luis helped me at once, thank you.",
        "I will mark the day; Tom as well.",
    ],
)
def test_one_common_name_alone_is_nobody(cast: Cast, case: Case, words: str) -> None:
    told(cast, words)
    assert not Attempt.objects.exists()


@pytest.mark.clauses("V-RETAL-1")
def test_a_pair_that_was_dismissed_is_not_put_before_anybody_again(cast: Cast, case: Case) -> None:
    origin = Source("person", uuid4(), author="Karim Haddad", author_id=cast.karim.person_id)
    told(cast, "He shouted.", source=origin)
    (attempt,) = seen_by(cast, cast.amara)
    dismiss_attempt(attempt, by=cast.amara.staff, at=cast.at)
    dismiss_attempt(attempt, by=cast.amara.staff, at=cast.at)
    link_attempt(attempt, by=cast.luis.staff, at=cast.at)
    assert seen_by(cast, cast.luis) == []
    assert Attempt.objects.get().state == Attempt.State.DISMISSED


@pytest.mark.clauses("V-RETAL-1")
def test_protected_people_lie_there_as_tokens_alone(cast: Cast, case: Case) -> None:
    told(cast, "Karim Haddad and Tomas Vega.")
    rows = str(list(Protected.objects.values()) + list(Attempt.objects.values()))
    rows += str(list(Job.objects.values("kind", "unique_key"))) + str(
        list(Entry.objects.values("verb", "facts"))
    )
    for word in ("Haddad", "Vega", "tomas", str(cast.karim.person_id)):
        assert word not in rows
    assert b"tomas.vega@work.example" not in dump()
