"""What was told is kept no longer than said; people are warned, a hold stops it, decisions outlive contents (4.9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.access.models import Place, ShutToken
from concord.actions.audit import audit
from concord.actions.verify_steps import verify_steps
from concord.cases.add_party import add_party
from concord.cases.agree_to_no_action import NeedsAnother, agree_to_no_action
from concord.cases.clocks import expunge_on, months_after, standing_of
from concord.cases.close_case import (
    CaseIsClosed,
    NotAskedYet,
    NotDoneYet,
    OnlyItsCoordinatorCloses,
    close_case,
)
from concord.cases.hold_case import HoldNeedsReason, hold_case
from concord.cases.keep_clocks import forget_contacts, purge_cases, warn_of_purge
from concord.cases.lift_hold import LiftingNeedsAnother, lift_hold
from concord.cases.models import Case, Closing, NoAction, Purge, State
from concord.cases.purge_case import IsHeld, NotItsDayYet, purge_case
from concord.cases.read_case import read_case
from concord.cases.reopen_case import NotClosed, reopen_case
from concord.cases.take_up import take_up
from concord.cases.write_note import write_note
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Execution, Version
from concord.desk.waiting import waiting_for
from concord.ledger.chain import chain, head
from concord.ledger.models import Entry, Link
from concord.ledger.prune import prune
from concord.ledger.verify import verify
from concord.letterbox.lapse import lapse
from concord.letterbox.models import Box
from concord.monitoring.forget_flags import forget_flags
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import read_flag
from concord.outbox.clocks import clocks
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.models import Tie
from concord.people.tests.team import Mailbox
from concord.reports import blobs
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.asked import Asked
from concord.reports.forget_questions import forget_questions
from concord.reports.forget_reports import forget_reports
from concord.reports.models import Question, Report
from concord.reports.notice_wanted import NoticeWanted, notice_wanted, seal_wanted
from concord.reports.read_report import OnlyCurrentStaff, read_report
from concord.reports.receive_question import receive_question
from concord.reports.receive_report import receive_report
from concord.reports.set_aside import set_aside
from concord.reports.told import Told
from concord.retaliation.models import Protected
from concord.spaces.models import Removal
from concord.vault import files
from concord.vault.errors import NoGrant, Tampered
from tests.browsing import Browser, at_the_desk
from tests.cast import (
    Cast,
    case_about_karim,
    closed,
    flagged,
    held_back,
    opened,
    proposed,
)
from tests.policy.test_confidentiality import dump, files_under
from tests.policy.test_reports_box import CODE, box


def after(case: Case, **span: float) -> datetime:
    """Some time after the case was closed."""
    closed_at = Closing.objects.get(case=case).closed_at
    assert closed_at is not None
    return closed_at + timedelta(**span)


def reported_case(cast: Cast, **told: object) -> Case:
    """A report came with everything one can leave, and is a case."""
    words = Told("He waited for me outside.", contact="me@example.net", hear="done", **told)  # type: ignore[arg-type]
    report = receive_report(words, nonce=uuid4().bytes, at=cast.at).report
    case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    write_note(case, text="We spoke about it.", **who)
    add_party(case, role="witness", name="Tomas Vega", by=cast.amara.staff, at=cast.at)
    return case


def decided_case(cast: Cast, **terms: object) -> Case:
    """Karim has no access, two people decided it, every step was checked."""
    case = case_about_karim(cast)
    version = opened(proposed(cast, case, **terms).version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    execution = Execution.objects.get(concurrence=agreed)
    verify_steps(Job(kind="actions.verify", subject=execution.id), at=cast.later(minutes=1))
    case.refresh_from_db()
    return case


def warned_and_due(case: Case) -> datetime:
    """Both warnings are given in time; it is the day."""
    day = Closing.objects.get(case=case).expunge_on
    assert day is not None
    due = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    for before in (30, 7):
        assert warn_of_purge(None, at=due - timedelta(days=before)) == 1
    return due


@pytest.mark.clauses("K-CONF-1")
def test_a_case_is_erased_on_its_day_with_keys_rows_and_files_and_its_code_stays(
    cast: Cast, django_capture_on_commit_callbacks
) -> None:
    form = Browser().open("/report")
    found = CODE.search(
        form.press(
            "Send", text="He waited for me.", contact="me@example.net", hear="done",
            attached=SimpleUploadedFile("letter.txt", b"what he wrote"),
        ).page
    )  # fmt: skip
    assert found
    report = Report.objects.get()
    blob = report.attachments.get().blob
    case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    write_note(case, text="We spoke about it.", **who)
    closed(cast, case)
    sealed = [bytes(report.sealed), bytes(case.notes.get().sealed)]
    due = warned_and_due(case)
    assert purge_cases(at=due - timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_cases(at=due) == 1
    assert purge_cases(at=due) == 0
    kept = Purge.objects.get(case=case)
    assert (kept.reports, kept.notes, kept.flags) == (1, 1, 0)
    assert Case.objects.get(code=case.code).state == State.PURGED
    assert not Report.objects.exists()
    assert not Box.objects.filter(purpose="report").exists()
    assert not blobs.path_of(blob).exists()
    assert not Protected.objects.exists()
    rows = dump()
    assert not any(each.hex().encode() in rows or each in rows for each in sealed)
    assert files.still_there([case.file, report.file]) == set()
    with pytest.raises(Tampered):  # there is no key of it any more, for anybody
        read_report(report, keyring=cast.amara.keyring, at=due)
    assert not box(found[1]).sees("We looked into it")
    assert not any(b"what he wrote" in each for each in files_under(settings.MEDIA_ROOT))


@pytest.mark.clauses("K-CONF-1")
def test_a_closed_case_is_read_by_its_people_alone_and_by_nobody_who_left(cast: Cast) -> None:
    case = closed(cast, reported_case(cast))
    at = cast.later(days=30)
    end_designation(cast.luis.staff, by=None, at=cast.later(days=3))
    cast.luis.staff.refresh_from_db()
    with pytest.raises(OnlyCurrentStaff):
        read_case(case, by=cast.luis.staff, keyring=cast.luis.keyring, at=at)
    for desk in (cast.noor, cast.ines):
        with pytest.raises(NoGrant):
            read_case(case, by=desk.staff, keyring=desk.keyring, at=at)
        assert at_the_desk(desk).open(f"/cases/{case.id}").status == 404
    assert read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=at).notes


def test_nothing_done_takes_two_and_the_reporter_who_chose_to_hear_is_told(cast: Cast) -> None:
    form = Browser().open("/report")
    found = CODE.search(form.press("Send", text="He waited for me.", hear="done").page)
    assert found
    case = take_up(
        Report.objects.get(), by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    amara.open(f"/cases/{case.id}").follow("End or hold it")
    assert amara.sees("First say how it stands")
    amara.post(f"/cases/{case.id}/nothing", why="It was somebody else's coat.")
    assert amara.status == 409
    amara.post(f"/cases/{case.id}/close", lessons="It was somebody else's coat.")
    assert amara.status == 409
    amara.open(f"/cases/{case.id}/assess").press("Keep it", live="over", grounds="")
    assert amara.status == 422
    amara.press("Keep it", grounds="None.", wishes="Nobody has said.", safety="Nobody.")
    assert amara.sees("Nobody has said.")
    amara.follow("End or hold it")
    assert amara.press("Ask a colleague to agree", why="").status == 409
    amara.press("Ask a colleague to agree", why="It was somebody else's coat.")
    case.refresh_from_db()
    assert case.state == State.ASSESSED
    decided = NoAction.objects.get()
    with pytest.raises(NeedsAnother):
        agree_to_no_action(decided, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert luis.open("/").sees("needs your yes")
    luis.open(f"/left/{decided.id}")
    assert luis.sees("somebody else's coat")
    assert luis.sees("Nobody has said.")
    luis.press("I agree")
    case.refresh_from_db()
    assert case.state == State.NO_ACTION
    assert box(found[1]).sees("We looked into it with care")
    assert amara.open(f"/cases/{case.id}").sees("no action")
    closed(cast, case)
    assert box(found[1]).sees("We have closed our file on it.")
    assert not amara.open("/").sees(case.code)
    assert amara.follow("Closed cases").sees(case.code)
    with pytest.raises(CaseIsClosed):
        close_case(
            case, lessons="Again.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
        )
    assert amara.open(f"/cases/{case.id}/people").sees("This case is closed. Reopen it first.")
    assert amara.post(f"/cases/{case.id}/people", role="witness", name="Tomas").status == 409
    amara.open(f"/cases/{case.id}/keeping").press("Reopen it")
    case.refresh_from_db()
    assert case.state == State.REOPENED


def test_who_may_not_close_and_when(cast: Cast) -> None:
    case = reported_case(cast)
    for desk in (cast.noor, cast.ines, cast.ravi):
        with pytest.raises(OnlyItsCoordinatorCloses):
            close_case(case, lessons="Done.", by=desk.staff, keyring=desk.keyring, at=cast.at)
    with pytest.raises(NotAskedYet):
        close_case(
            case, lessons="Done.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
        )
    with pytest.raises(NotClosed):
        reopen_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    other = case_about_karim(cast)
    proposed(cast, other)
    with pytest.raises(NotDoneYet):
        close_case(
            other, lessons="Done.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
        )


def test_a_hold_stops_erasing_and_another_person_lifts_it(cast: Cast) -> None:
    case = closed(cast, reported_case(cast))
    with pytest.raises(HoldNeedsReason):
        hold_case(case, reason="", by=cast.amara.staff, at=cast.later(days=3))
    hold = hold_case(case, reason="Counsel asked.", by=cast.amara.staff, at=cast.later(days=3))
    due = warned_and_due(case)
    assert purge_cases(at=due) == 0
    assert forget_contacts(at=due) == 0
    with pytest.raises(IsHeld):
        purge_case(case, at=due)
    assert read_case(case, by=cast.luis.staff, keyring=cast.luis.keyring, at=due).reports
    with pytest.raises(LiftingNeedsAnother):
        lift_hold(hold, by=cast.amara.staff, at=due)
    lift_hold(hold, by=cast.luis.staff, at=due)
    assert purge_cases(at=due) == 1


def test_nothing_goes_before_its_day_or_unannounced(cast: Cast, mailbox: Mailbox) -> None:
    case = closed(cast, reported_case(cast))
    with pytest.raises(NotItsDayYet):
        purge_case(case, at=after(case, days=364))
    late = after(case, days=400)  # the machine stood still for a month
    with pytest.raises(NotItsDayYet):
        purge_case(case, at=late)
    assert warn_of_purge(None, at=late) == 1
    assert warn_of_purge(None, at=late) == 0
    assert [one.case for one in waiting_for(cast.luis.staff, at=late).closings] == [case]
    assert waiting_for(cast.noor.staff, at=late).closings == []
    assert Entry.objects.filter(verb="cases.warn_of_purge", subject=case.id).count() == 1
    assert purge_cases(at=late + timedelta(days=6)) == 0
    assert purge_cases(at=late + timedelta(days=7)) == 1


def test_how_to_reach_whoever_reported_goes_90_days_after_closing(cast: Cast) -> None:
    case = closed(cast, reported_case(cast))
    report = Report.objects.get()
    Report.objects.update(notice_sealed=seal_wanted(report, NoticeWanted("me@example.net", "en")))
    assert forget_contacts(at=after(case, days=89)) == 0
    assert notice_wanted(Report.objects.get())
    assert read_report(report, keyring=cast.luis.keyring, at=cast.at).contact == "me@example.net"
    assert forget_contacts(at=after(case, days=90)) == 1
    assert forget_contacts(at=after(case, days=90)) == 0
    told = read_report(Report.objects.get(), keyring=cast.luis.keyring, at=cast.at)
    assert (told.contact, told.text) == ("", "He waited for me outside.")
    assert notice_wanted(Report.objects.get()) is None
    waits = held_back(report, at=cast.at, contact_sealed=b"sealed", notice_sealed=b"sealed")
    assert forget_contacts(at=after(case, days=90)) == 1
    assert forget_contacts(at=after(case, days=90)) == 0
    waits.refresh_from_db()
    assert (waits.contact_sealed, waits.notice_sealed) == (None, None)


def test_a_decision_in_force_still_refuses_at_the_door_after_what_it_rests_on_is_gone(
    cast: Cast,
) -> None:
    targets = endless(cast)
    case = closed(cast, decided_case(cast, targets=targets, grounds=("violation",)))
    decision = Decision.objects.get(case=case)
    amara = at_the_desk(cast.amara).open(f"/decisions/{decision.id}")
    assert amara.sees("Its case is closed.")
    assert not amara.sees("End it now")
    assert Closing.objects.get().expunge_on == months_after(after(case), 24)
    due = warned_and_due(case)
    assert purge_cases(at=due) == 1
    place = Place("session", cast.hall.session_id)
    assert not is_admitted(cast.karim.person_id, [place], at=due)
    assert Decision.objects.in_force(due).get() == decision
    assert Decision.objects.visible_to(cast.luis.staff).get() == decision
    assert not Flag.objects.exists()
    assert all(bytes(version.sealed) == b"" for version in Version.objects.all())
    assert files.still_there(Version.objects.values_list("briefing", flat=True)) == set()
    Case.objects.update(coordinator=cast.ravi.staff, deputy=None)  # both have left meanwhile
    ends_at = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    a_little = {"person": cast.karim.person, "kind": Tie.Kind.SOFT}
    tie = declare_tie(cast.amara.staff, **a_little, at=timezone.now())
    assert amara.open(f"/decisions/{decision.id}").sees("A lead can give it an earlier end")
    assert amara.post(f"/decisions/{decision.id}/end", ends_at=ends_at, why="Enough.").status == 403
    tie.delete()
    amara.open(f"/decisions/{decision.id}").press("Let it end then", ends_at=ends_at, why="Enough.")
    assert amara.sees("given an earlier end"), amara.words
    decision.refresh_from_db()
    assert decision.ended_at is not None
    assert audit() == []


def test_with_a_decision_that_ended_its_kept_posts_go_on_the_cases_day(cast: Cast) -> None:
    case = closed(cast, decided_case(cast))
    decision = Decision.objects.get(case=case)
    assert Closing.objects.get().outcome == "action"
    assert Closing.objects.get().expunge_on == months_after(cast.later(hours=24), 12)
    removal = Removal.objects.get()
    due = warned_and_due(case)
    assert files.still_there([decision.file, removal.file]) == {decision.file}
    assert purge_cases(at=due) == 1
    assert files.still_there([decision.file, removal.file]) == set()
    assert Decision.objects.filter(code=decision.code).exists()
    assert audit() == []


def test_tokens_of_a_mailbox_die_with_the_decision_or_after_24_months(cast: Cast) -> None:
    from concord.access.forget_tokens import forget_tokens

    decided_case(cast)
    assert ShutToken.objects.exists()
    assert forget_tokens(at=cast.later(hours=23)) == 0
    assert forget_tokens(at=cast.later(hours=24)) == 1
    assert not ShutToken.objects.exists()


def test_a_code_nobody_used_for_three_months_opens_nothing(cast: Cast) -> None:
    words = Told("He waited for me outside.")
    receipt = receive_report(words, nonce=uuid4().bytes, at=cast.at)
    report, later = receipt.report, cast.later(days=80)
    acknowledge_report(
        report, answer="Thank you. We read it.", by=cast.amara.staff, keyring=cast.amara.keyring,
        at=later,
    )  # fmt: skip
    assert lapse(at=cast.later(days=100)) == 0
    assert lapse(at=later + timedelta(days=93)) == 1
    assert not box(receipt.code).sees("We read it")
    assert Report.objects.filter(id=report.id).exists()


def test_what_was_set_aside_goes_after_a_year_and_what_nobody_answered_never(cast: Cast) -> None:
    words = Told("A duplicate.")
    report = receive_report(words, nonce=uuid4().bytes, at=cast.at).report
    waiting = receive_report(Told("Nobody answered."), nonce=uuid4().bytes, at=cast.at).report
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    acknowledge_report(report, answer=None, **who)
    set_aside(report, reason="Twice.", alleges=False, **who)
    unanswered, needs_action, needed_none = (flagged(cast, f"Go away {n}") for n in range(3))
    judge_credible(needs_action, credible=True, reason="He means her.", **who)
    judge_credible(needed_none, credible=False, reason="It is a song.", **who)
    assert forget_reports(at=cast.later(days=360)) == forget_flags(at=cast.later(days=360)) == 0
    assert forget_reports(at=cast.later(days=367)) == forget_flags(at=cast.later(days=367)) == 1
    assert list(Report.objects.values_list("id", flat=True)) == [waiting.id]
    for clock in clocks():
        clock.run(at=cast.later(days=3000))
    assert Report.objects.filter(id=waiting.id).exists()
    assert set(Flag.objects.values_list("id", flat=True)) == {unanswered.id, needs_action.id}
    assert read_flag(unanswered, keyring=cast.luis.keyring, at=cast.later(days=3000)).excerpt


def test_the_ledger_keeps_five_years_and_its_chain_holds(cast: Cast) -> None:
    chain()
    position, digest = head()
    assert prune(at=cast.later(days=1825)) == 0
    Entry.objects.create(verb="people.designate", at=cast.later(days=1000), facts={})
    chain()
    assert prune(at=cast.later(days=1827)) == position
    assert Link.objects.count() == 1
    assert verify().whole
    Entry.objects.create(verb="people.designate", at=cast.later(days=3000), facts={})
    chain()
    assert prune(at=cast.later(days=9000)) == 2
    assert head()[0] == position + 2
    assert verify().whole
    Entry.objects.create(verb="people.designate", at=cast.later(days=9000), facts={})
    chain()
    assert verify().links == 1
    with pytest.raises(IntegrityError, match="link_stays"), transaction.atomic():
        Link.objects.update(digest=bytes(32))
    assert digest


def test_months_end_where_the_month_does() -> None:
    assert (
        str(months_after(datetime.fromisoformat("2024-02-29T00:00:00+00:00"), 12)) == "2025-02-28"
    )
    assert (
        str(months_after(datetime.fromisoformat("2026-11-30T23:00:00+00:00"), 12)) == "2027-11-30"
    )


def test_every_clock_tells_counts_and_days(cast: Cast) -> None:
    closed(cast, reported_case(cast))
    at = cast.later(days=130)
    due = {clock.kind: list(clock.due(at)) for clock in clocks()}
    assert due["cases.contacts"] == [(cast.later(days=122)).date()]
    assert due["cases.purge"] == []
    assert len(due["convenings.forget_people"]) == 3
    assert len(due["letterbox.lapse"]) == 1


def endless(cast: Cast) -> tuple:
    from dataclasses import replace

    from tests.cast import terms_for

    (revoke,) = [one for one in terms_for(cast).targets if one.kind == "revoke"]
    return (replace(revoke, until_at=None, review_on=cast.later(days=200).date()),)


def test_a_case_without_decisions_is_reckoned_from_closing(cast: Cast) -> None:
    case = closed(cast, reported_case(cast))
    assert expunge_on(standing_of(case), closed_at=after(case)) == months_after(after(case), 12)


def test_a_question_goes_a_year_after_its_answer_and_not_before_one(cast: Cast) -> None:
    asked = Asked("May I bring a friend?", "")
    question = receive_question(asked, nonce=b"3" * 16, at=cast.at).question
    assert question is not None
    assert forget_questions(at=cast.later(days=3000)) == 0
    Question.objects.update(answered_at=cast.at)
    assert forget_questions(at=cast.later(days=365)) == 0
    assert forget_questions(at=cast.later(days=367)) == 1
    assert not Box.objects.filter(id=question.box).exists()
