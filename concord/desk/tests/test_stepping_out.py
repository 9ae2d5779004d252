"""Stepping out from wherever one reads of it, and being taken out by a lead (workflow 4.4, K-CONF-1)."""

from __future__ import annotations

import pytest

from concord.cases.decide_no_action import decide_no_action
from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Proposal
from concord.concurrence.ring_for_end import undone
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.ring import NOTICE
from concord.monitoring.step_back import NobodyWouldBeLeft, step_back
from concord.outbox.models import Job
from concord.people.models import OutsideContact, StaffMember
from concord.reports.models import Report
from concord.reports.signals import readers_changed
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import Browser
from tests.cast import Cast, assessed, case_about_karim, flagged, opened, proposed
from tests.looking_again import another_receiver

CLOSE = "I am close to somebody in this"


def is_gone(browser: Browser, *paths: str, code: str = "") -> None:
    for path in paths:
        assert browser.open(path).status == 404, path
    if code:
        assert code not in browser.open("/").page


@pytest.mark.clauses("K-CONF-1")
def test_whoever_is_asked_for_a_yes_steps_out_from_the_text_itself(
    cast: Cast, noor: Browser
) -> None:
    """Noor may agree and receives nothing: no page of a case opens for her."""
    proposal = proposed(cast, act_at_once=False)
    version = opened(proposal.version, cast.noor, cast.at)
    concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    flag = proposal.case.sources.get().flag
    noor.open(f"/proposals/{proposal.id}").follow(CLOSE).press("Step out")
    is_gone(noor, f"/proposals/{proposal.id}", f"/flags/{flag.id}", code=proposal.code)
    proposal.refresh_from_db()
    assert proposal.state == "voided"


def test_whoever_reads_a_decision_steps_out_from_it(cast: Cast, noor: Browser) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    decision = Decision.objects.get()
    noor.open(f"/decisions/{decision.id}").follow(CLOSE).press("Step out")
    is_gone(noor, f"/decisions/{decision.id}")
    assert decision.code not in noor.open("/decisions").page


def test_whoever_is_asked_whether_to_leave_it_steps_out_from_there(
    cast: Cast, noor: Browser
) -> None:
    case = assessed(cast, case_about_karim(cast))
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    asked = decide_no_action(case, reason="It is a song.", **who)
    noor.open(f"/left/{asked.id}").follow(CLOSE).press("Step out")
    is_gone(noor, f"/left/{asked.id}", code=case.code)


@pytest.mark.clauses("K-CONF-1")
def test_out_of_a_flag_is_out_of_the_case_it_becomes_and_of_what_is_flagged_about_it_later(
    cast: Cast, luis: Browser
) -> None:
    flag = flagged(cast)
    luis.open(f"/flags/{flag.id}").follow(CLOSE).press("Step out")
    is_gone(luis, f"/flags/{flag.id}", code=flag.code)
    again = flag_post(
        flag.post, words="Me too", by=cast.tomas.person_id, by_staff=False, at=cast.at
    )
    is_gone(luis, f"/flags/{again.id}")
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    case = take_up(judge_credible(flag, credible=True, reason="A threat.", **who), **who)
    assert cast.luis.staff not in (case.coordinator, case.deputy)
    is_gone(luis, f"/cases/{case.id}", f"/flags/{flag.id}", f"/flags/{again.id}", code=case.code)
    other = flagged(cast, "Another thing")
    assert luis.open(f"/flags/{other.id}").status == 200


def test_out_of_a_flag_and_of_all_about_its_writer(cast: Cast, luis: Browser) -> None:
    flag, other = flagged(cast), flagged(cast, "Another thing")
    luis.open(f"/flags/{flag.id}/recusal").press("Step out", writer="yes")
    is_gone(luis, f"/flags/{flag.id}", f"/flags/{other.id}")
    assert luis.open("/team/ties").sees("Karim Haddad close")


def test_out_of_a_flag_that_is_in_a_case_is_out_of_the_case(cast: Cast, luis: Browser) -> None:
    case = case_about_karim(cast)
    flag = case.sources.get().flag
    luis.open(f"/flags/{flag.id}/recusal").press("Step out")
    is_gone(luis, f"/flags/{flag.id}", f"/cases/{case.id}", code=case.code)
    assert case.recusals.filter(person=cast.luis.id).exists()


@pytest.mark.clauses("K-CONF-1")
def test_out_of_a_report_is_out_of_the_case_it_becomes(cast: Cast, luis: Browser) -> None:
    Browser().open("/report").press("Send it", text="Somebody shouted at me.")
    report = Report.objects.get()
    luis.open(f"/reports/{report.id}").follow(CLOSE).press("Step out")
    is_gone(luis, f"/reports/{report.id}", code=report.code)
    case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert cast.luis.staff not in (case.coordinator, case.deputy)
    is_gone(luis, f"/reports/{report.id}", f"/cases/{case.id}", code=case.code)


def test_the_last_one_who_can_read_it_leaves_it_to_the_outside_contact(cast: Cast) -> None:
    flag = flagged(cast)
    team = (cast.noor, cast.luis, cast.amara)
    for desk in team[:2]:
        leave(cast, flag, desk)
    OutsideContact.objects.update(ended_at=cast.at)
    with pytest.raises(NobodyWouldBeLeft):
        leave(cast, flag, cast.amara)
    assert files.readers(flag.file) == {cast.amara.id}
    OutsideContact.objects.update(ended_at=None)
    leave(cast, flag, cast.amara)
    assert files.readers(flag.file) == {cast.outside.holder}
    with pytest.raises(NoGrant):
        leave(cast, flag, cast.amara)


def leave(cast: Cast, flag, desk) -> None:
    who = {"by": desk.staff, "keyring": desk.keyring, "at": cast.at}
    step_back(flag.file, subjects=[flag.id], **who)


def test_what_one_was_not_given_one_cannot_step_out_of(cast: Cast, ravi: Browser) -> None:
    proposal = proposed(cast)
    flag = proposal.case.sources.get().flag
    is_gone(ravi, f"/flags/{flag.id}/recusal", f"/proposals/{proposal.id}/recusal")
    assert ravi.post(f"/flags/{flag.id}/recusal").status == 404
    assert not proposal.case.recusals.exists()


def test_a_lead_takes_a_colleague_out_by_the_code_of_the_case(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    case = case_about_karim(cast)
    assert luis.open(f"/cases/{case.id}").status == 200
    amara.open("/team").follow("Take somebody out of a case")
    assert amara.press("Take them out").status == 422
    who = str(cast.luis.staff.id)
    assert amara.press("Take them out", code="AAAA-AAAA", who=who, sure="on").status == 422
    assert amara.sees("no case with this code before you")
    amara.press("Take them out", code=f" {case.code.lower()} ", who=who, sure="on")
    assert amara.sees("that case is not there for them")
    is_gone(luis, f"/cases/{case.id}", code=case.code)
    taken = Entry.objects.get(verb="cases.recuse")
    assert taken.actor == cast.amara.id


def test_whoever_leads_nobody_takes_nobody_out(cast: Cast, luis: Browser) -> None:
    assert luis.open("/recusals").status == 404


def test_a_lead_who_does_not_see_a_case_takes_nobody_out_of_it(cast: Cast, amara: Browser) -> None:
    case = case_about_karim(cast)
    amara.open(f"/cases/{case.id}/recusal").press("Step out")
    amara.open("/recusals").press(
        "Take them out", code=case.code, who=str(cast.luis.staff.id), sure="on"
    )
    assert amara.sees("no case with this code before you")
    assert not Case.objects.get().recusals.filter(person=cast.luis.id).exists()
    assert not Proposal.objects.exists()


def test_when_the_last_who_was_asked_steps_out_it_is_declined_and_nothing_waits_unread(
    cast: Cast,
) -> None:
    """What is left as it is goes to the outside contact; whoever asked hears of both."""
    case = assessed(cast, case_about_karim(cast))
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    decided = decide_no_action(case, reason="It was a quotation.", **amara)
    proposal = proposed(cast, case_about_karim(cast))
    for one in (case, proposal.case):
        recuse(one, who=cast.noor.id, by=cast.noor.staff, at=cast.at)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"
    assert not files.may_open(decided.briefing, cast.outside.holder)
    Job.objects.all().delete()
    for one in (case, proposal.case):
        recuse(one, who=cast.luis.id, by=cast.luis.staff, at=cast.later(minutes=1))
    proposal.refresh_from_db()
    assert proposal.state == "declined"
    assert undone(cast.amara.staff).get() == proposal
    assert Job.objects.filter(kind=NOTICE, subject=cast.amara.id).exists()
    files.settle(cast.amara.keyring, at=cast.at)
    assert files.may_open(decided.briefing, cast.outside.holder)


def test_a_page_that_lies_open_is_told_only_of_what_was_opened_in_it(
    cast: Cast, luis: Browser
) -> None:
    case, told = case_about_karim(cast), []
    flag = case.sources.get().flag
    luis.open(f"/cases/{case.id}")
    assert luis.open(f"/still/{case.id}").status == 204
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("concord.desk.news.tell_desks", lambda *said: told.append(said))
        recuse(case, who=cast.luis.id, by=cast.amara.staff, at=cast.at)
        recuse(case, who=cast.noor.id, by=cast.amara.staff, at=cast.at)
    gone = {(*persons, id) for persons, event, id in told if event == "gone"}
    assert gone == {(cast.luis.id, case.id), (cast.luis.id, flag.id)}
    for id in (case.id, flag.id):
        assert luis.open(f"/still/{id}").status == 404


def test_whom_the_reporter_keeps_out_loses_the_page_that_lies_open(
    cast: Cast, luis: Browser
) -> None:
    Browser().open("/report").press("Send it", text="Somebody shouted at me.")
    report, told = Report.objects.get(), []
    luis.open(f"/reports/{report.id}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("concord.desk.news.tell_desks", lambda *said: told.append(said))
        persons = [cast.luis.id, cast.amara.id]
        readers_changed.send(sender=Report, report=report, persons=persons, at=cast.at)
    assert told == [([cast.luis.id], "gone", report.id)]


def test_a_lead_who_takes_everybody_else_out_does_not_follow_them(cast: Cast) -> None:
    """What one person empties alone goes outside; the key that lay at rest with them is not woken."""
    mina = another_receiver(cast)
    StaffMember.objects.filter(id=mina.staff.id).update(is_lead=True)
    mina.staff.refresh_from_db()
    case = case_about_karim(cast)
    assert mina.id in files.dormant_readers(case.file)
    told = Answer.objects.filter(box=cast.outside.holder, kind="promise")
    for minutes, desk in enumerate((cast.amara, cast.luis), start=1):
        recuse(case, who=desk.id, by=mina.staff, at=cast.later(minutes=minutes))
        assert told.count() == minutes - 1
    recuse(case, who=cast.luis.id, by=mina.staff, at=cast.later(minutes=9))
    case.refresh_from_db()
    assert case.is_unstaffed
    assert mina.id in files.dormant_readers(case.file)
    assert cast.outside.holder in files.readers(case.file) | files.owed_to(case.file)
    assert told.count() == 1, "twice is once"
