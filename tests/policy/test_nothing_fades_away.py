"""Nothing fades away (PUB-29): what nobody answers rings wider and stays open until a person answers it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from concord.cases.models import Case
from concord.cases.recuse import recuse, take_out
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.say_on_it import say_on_it
from concord.desk.how_much_waits import how_much_waits
from concord.desk.waiting import waiting_for
from concord.ledger.models import Entry
from concord.monitoring.alarm_unreviewed import alarm_unreviewed
from concord.monitoring.call_again import call_again
from concord.monitoring.claim_flag import claim_flag
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.outbox.worker import run
from concord.people.models import Shift
from concord.people.tests.team import Mailbox
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.alarm_unplaced import alarm_unplaced
from concord.reports.models import Report
from concord.reports.set_aside import set_aside
from concord.vault import files
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, flagged, opened, proposed
from tests.looking_again import another_receiver


def every_job_runs(at) -> None:
    """Each job that the house repeats by itself, as it would run then."""
    for kind in periods():
        handler_of(kind)(Job(kind=kind), at=at)


def rung_for_a_seat(cast: Cast) -> set[object]:
    """Whom the calls ring that were left since the last look."""
    Job.objects.filter(kind="monitoring.notice").delete()
    for job in Job.objects.waiting().filter(kind="cases.ring_the_seats"):
        run(job)
    return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))


@pytest.mark.clauses("P-ZERO-1", "R-FLAG-1", "I-REVIEW-1")
def test_a_flag_nobody_answers_rings_wider_and_stays_open(cast: Cast) -> None:
    flag = flagged(cast)
    alarm_unreviewed(None, at=cast.later(minutes=1, seconds=59))
    assert Flag.objects.get().alarmed_at is None
    alarm_unreviewed(None, at=cast.later(minutes=2))
    rung = set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))
    assert {cast.amara.id, cast.luis.id, cast.noor.id} <= rung
    assert cast.ravi.id not in rung
    calls = []
    for minutes in range(3, 60):
        Job.objects.filter(kind="monitoring.notice", done_at__isnull=True).update(
            done_at=cast.later(minutes=minutes)
        )
        if call_again(None, at=cast.later(minutes=minutes)):
            calls.append(minutes)
            called = Job.objects.waiting().filter(kind="monitoring.notice")
            assert {*called.values_list("subject", flat=True)} == {
                cast.amara.id,
                cast.luis.id,
                cast.noor.id,
            }, "those on shift, and nobody who is close to him"
    assert calls == [7, 12, 17, 22, 27, 32], "a few times, and no more"
    every_job_runs(cast.later(days=29))
    kept = Flag.objects.get()
    assert (kept.credible, kept.judged_by) == (None, None)
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees(flag.code)
    amara.follow(f"Flag {flag.code}").press("No action needed")
    assert Flag.objects.get().credible is None
    amara.open(f"/flags/{flag.id}").press("No action needed", reason="They quote a book.")
    assert (Flag.objects.get().credible, Flag.objects.get().judged_by) == (False, cast.amara.id)
    assert not amara.open("/").sees(flag.code)


@pytest.mark.clauses("P-ZERO-1", "R-FLAG-1")
def test_what_is_new_in_a_room_calls_although_nobody_answered_what_is_old(cast: Cast) -> None:
    flagged(cast)
    alarm_unreviewed(None, at=cast.later(minutes=2))
    for minutes in range(3, 60):
        call_again(None, at=cast.later(minutes=minutes))
    assert call_again(None, at=cast.later(minutes=60)) == 0, "it has called as often as it may"
    said = cast.say(cast.tomas, "And you may go as well")
    flag_post(said, words="", by=cast.sara.person_id, by_staff=False, at=cast.later(minutes=60))
    alarm_unreviewed(None, at=cast.later(minutes=62))
    times = [one for one in range(62, 110) if call_again(None, at=cast.later(minutes=one))]
    assert times == [62, 67, 72, 77, 82, 87]


@pytest.mark.clauses("P-ZERO-1", "R-FLAG-1")
def test_what_waits_live_is_called_again_until_somebody_has_taken_it_up(cast: Cast) -> None:
    """A claim, an "I'm on it" and an answer each hold the calls; the leads hear from the second one on."""
    flag = flagged(cast)
    Shift.objects.exclude(staff=cast.noor.staff).delete()

    def called(**later: float) -> set[object]:
        Job.objects.filter(kind="monitoring.notice").delete()
        call_again(None, at=cast.later(**later))
        return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))

    alarm_unreviewed(None, at=cast.later(minutes=2))
    claim_flag(flag, by=cast.noor.staff, at=cast.later(minutes=6))
    assert called(minutes=7) == set()
    assert called(minutes=11, seconds=1) == {cast.noor.id}
    assert called(minutes=17) == {cast.noor.id, cast.amara.id}
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=20)}
    case = take_up(judge_credible(flag, credible=True, reason="It urges her.", **who), **who)
    assert called(minutes=23) == set()
    version = proposed(cast, case).version
    say_on_it(version, by=cast.noor.staff, at=cast.later(minutes=1))
    assert called(minutes=9) == set()
    assert called(minutes=12) == {cast.noor.id}
    version = opened(version, cast.noor, cast.later(minutes=13))
    concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.later(minutes=13))
    assert called(minutes=30) == set()


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1")
def test_a_report_nobody_answers_stays_in_the_inbox_whatever_runs(cast: Cast) -> None:
    Browser().open("/report").press("Send", text="It happened again.")
    report = Report.objects.get()
    alarm_unanswered(None, at=report.answer_by + timedelta(seconds=1))
    assert Entry.objects.filter(verb__contains="alarm", subject=report.id).exists()
    every_job_runs(cast.later(days=29))
    report.refresh_from_db()
    assert report.state == "received"
    assert call_again(None, at=timezone.now() + timedelta(days=30)) == 0, "not what may wait"
    Report.objects.update(urgent=True)
    assert call_again(None, at=timezone.now() + timedelta(days=30)) == 1
    for desk in (cast.amara, cast.luis):
        assert at_the_desk(desk).open("/").sees(report.code)


@pytest.mark.clauses("P-ZERO-1")
def test_a_report_that_was_answered_and_left_there_calls_again_until_it_is_taken_further(
    cast: Cast,
) -> None:
    """Within minutes of the answer where it is urgent and live, else after a day; also while a second yes is wanted."""
    at = timezone.now()
    Browser().open("/report").press("Send", text="He is outside my door.", danger="on")
    report = Report.objects.get()
    readers = files.readers(report.file)
    who = {"by": cast.luis.staff, "keyring": cast.luis.keyring}

    def rung(when: datetime) -> set[object]:
        Job.objects.filter(kind="monitoring.notice").delete()
        alarm_unplaced(None, at=when)
        return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))

    acknowledge_report(report, answer="We have it, we are looking.", **who, at=at)
    assert rung(at + timedelta(minutes=4)) == set()
    assert rung(at + timedelta(minutes=6)) == readers >= {cast.amara.id, cast.luis.id}
    Job.objects.filter(kind="monitoring.notice").delete()
    assert call_again(None, at=at + timedelta(minutes=12)) == 1
    Job.objects.filter(kind="monitoring.notice").delete()
    set_aside(report, reason="A joke?", alleges=True, **who, at=at)
    called = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert set(called) == readers - {cast.luis.id}
    page = at_the_desk(cast.amara).open("/")
    assert page.sees("a colleague would set it aside, and needs your yes")
    waiting = waiting_for(cast.amara.staff, at=at)
    assert waiting.number == how_much_waits(cast.amara.staff, at=at) == 1
    Report.objects.update(unplaced_rung_at=None, folded=True)
    assert rung(at + timedelta(hours=23)) == set()
    assert rung(at + timedelta(hours=25)) == readers
    called = Job.objects.filter(kind="monitoring.notice", due_at__lte=at + timedelta(hours=25))
    assert not called.exists(), "one of many that claim to be urgent wakes nobody"
    assert rung(at + timedelta(days=7)) == set()
    take_up(report, **who, at=at)
    assert rung(at + timedelta(days=30)) == set()


@pytest.mark.clauses("R-FLAG-1")
def test_only_a_named_answer_with_a_reason_makes_a_case_of_a_flag(cast: Cast) -> None:
    """And a case of somebody: whoever comes to answer for it is rung until they have looked, and nobody else is."""
    mina = another_receiver(cast)
    flag = flagged(cast)
    noor = at_the_desk(cast.noor).open(f"/flags/{flag.id}")
    noor.post(f"/flags/{flag.id}/case", into="new")
    assert (noor.status, Case.objects.count()) == (409, 0)
    noor.open(f"/flags/{flag.id}").press("It needs action", reason="")
    assert Case.objects.count() == 0
    noor.open(f"/flags/{flag.id}").press("It needs action", reason="It urges her to hurt herself.")
    case = Case.objects.get()
    assert case.sources.get().flag == flag
    assert Flag.objects.get().judged_by == cast.noor.id
    assert rung_for_a_seat(cast) == {cast.amara.id, cast.luis.id}
    assert not Job.objects.filter(kind="monitoring.notice", due_at__gt=timezone.now()).exists()
    assert at_the_desk(cast.amara).open("/next").path == f"/cases/{case.id}"
    recuse(case, who=cast.amara.id, by=cast.amara.staff, at=timezone.now())
    assert rung_for_a_seat(cast) == {cast.luis.id, mina.id}
    assert at_the_desk(cast.luis).open("/").sees("You have come to coordinate a case.")
    at = timezone.now()
    take_out(case, who=cast.luis.id, by=None, at=at)
    take_out(case, who=mina.id, by=None, at=at)
    assert rung_for_a_seat(cast) == set()


@pytest.mark.clauses("R-FLAG-1", "V-DEF-1")
def test_what_was_said_aloud_can_be_flagged_without_any_post(cast: Cast, mailbox: Mailbox) -> None:
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.open(f"/r/{cast.hall.id}/flag").press("Flag it", words="The speaker insulted her aloud.")
    flag = Flag.objects.get()
    assert (flag.kind, flag.post) == ("moment", None)
    amara = at_the_desk(cast.amara).open(f"/flags/{flag.id}")
    assert amara.sees("The speaker insulted her aloud.")
    amara.press("It needs action", reason="An insult, heard by the room.")
    assert Case.objects.get().sources.get().flag == flag


@pytest.mark.clauses("R-BOTH-1")
def test_flags_and_reports_wait_in_one_place(cast: Cast) -> None:
    flag = flag_moment(cast.hall, words="Loud", by=cast.sara.person_id, by_staff=False, at=cast.at)
    Browser().open("/report").press("Send", text="Somebody was loud.")
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees(flag.code)
    assert amara.sees(Report.objects.get().code)


def test_a_case_is_closed_by_no_clock(cast: Cast) -> None:
    case = case_about_karim(cast)
    every_job_runs(cast.later(days=29))
    assert Case.objects.get(id=case.id).state == case.state
