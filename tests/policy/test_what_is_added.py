"""What a reporter adds later waits before those who read the report until one has opened it, wherever it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from concord.cases.models import Case, State
from concord.cases.purge_case import NotItsDayYet, purge_case
from concord.cases.recuse import recuse
from concord.desk.how_much_waits import how_much_waits
from concord.desk.tests.test_inbox import number_beside_inbox
from concord.desk.waiting import added_for, waiting_for
from concord.outbox.models import Job
from concord.people.end_designation import end_designation
from concord.reports.add_words import add_words
from concord.reports.alarm_added import alarm_added
from concord.reports.forget_reports import forget_reports
from concord.reports.models import Report
from concord.reports.models import State as ReportState
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.retaliation.models import Attempt
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, answers_arrive, case_about_karim, closed
from tests.looking_again import another_receiver
from tests.policy.test_reports_box import box, report, taken_up

WORDS = "He is at my door again"
SIGN = "whoever reported added something"


def adds(code: str, words: str = WORDS, **more: object) -> Browser:
    return box(code).press("Add it", words=words, **more)


def in_a_case(cast: Cast, **typed: object) -> tuple[str, Case]:
    code = report(text="He wrote again.", **typed)
    return code, taken_up(cast)


def set_aside_by_two(cast: Cast, desk: Browser) -> str:
    """Answered, and set aside by Amara, at her desk, and Luis; a first addition is opened by hand."""
    code = report(text="He wrote again.")
    adds(code, "And to my sister")
    assert desk.open("/next").path == "/"
    desk.open(f"/reports/{Report.objects.get().id}")
    desk.press("Answer", answer="Thank you for telling us.")
    answers_arrive()
    desk.open(desk.path).press("Set it aside", reason="It is told twice.")
    at_the_desk(cast.luis).open(desk.path).press("I agree")
    assert Report.objects.get().state == ReportState.SET_ASIDE
    return code


@pytest.mark.clauses("I-ANYWAY-1", "I-REVIEW-1")
def test_words_added_to_a_report_in_a_case_wait_until_one_of_its_readers_has_opened_it(
    cast: Cast,
) -> None:
    code, case = in_a_case(cast)
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    assert not amara.open("/").sees(SIGN)
    before = number_beside_inbox(amara)
    assert adds(code).sees("It has been added")
    assert number_beside_inbox(amara.open("/")) == before + 1
    for reader in (amara, luis):
        assert reader.open("/").sees(SIGN)
        assert WORDS not in reader.page
    assert amara.open("/next").path == "/"  # whoever follows the notice finds it
    assert amara.sees(SIGN)
    assert amara.open(f"/cases/{case.id}").sees("wrote again, and nobody has read it")
    assert luis.open("/").sees(SIGN)  # a case that lies open clears nothing
    amara.follow("Read it")
    assert amara.sees("New since you read it")
    assert amara.page.index(WORDS) < amara.page.index("What would help, what to avoid")
    assert amara.follow(f"Case {case.code}").path == f"/cases/{case.id}"
    assert not amara.sees("nobody has read it")
    for reader in (amara, luis):
        assert not reader.open("/").sees(SIGN)
    assert number_beside_inbox(amara) == before
    adds(code, "And again today")
    assert amara.open("/").sees(SIGN)
    assert luis.open("/").follow(Report.objects.get().code).sees("And again today")


@pytest.mark.clauses("I-ANYWAY-1")
def test_where_the_case_is_closed_it_leads_to_opening_it_again(cast: Cast) -> None:
    code, case = in_a_case(cast)
    case = closed(cast, case)
    assert case.state == State.CLOSED
    luis = at_the_desk(cast.luis)
    assert not luis.open("/").sees(SIGN)
    adds(code)
    assert luis.open("/").sees("Somebody who reported wrote again.")
    luis.follow("Read it")
    assert luis.sees("The case is closed. They were promised that it is opened again")
    luis.follow("Reopen it").press("Reopen it")
    case.refresh_from_db()
    assert case.state == State.REOPENED


@pytest.mark.clauses("I-ANYWAY-1", "R-COORD-1")
def test_a_closed_case_whose_people_left_is_the_next_ones_and_unread_words_are_raised(
    cast: Cast,
) -> None:
    mina = another_receiver(cast)
    code, case = in_a_case(cast)
    now = closed(cast, case).closings.get().closed_at + timedelta(days=1)
    for desk in (cast.amara, cast.luis):
        end_designation(desk.staff, by=None, at=now)
    case.refresh_from_db()
    assert {case.coordinator, case.deputy} == {cast.ravi.staff, mina.staff}
    adds(code)
    found = Report.objects.get()
    assert found.added_at is not None
    assert [*added_for(mina.staff), *added_for(cast.ravi.staff)] == [found, found]
    a_day_later = found.added_at + timedelta(hours=24)
    assert alarm_added(None, at=a_day_later - timedelta(seconds=1)) == 0
    assert alarm_added(None, at=a_day_later) == 1
    assert alarm_added(None, at=a_day_later) == 0
    elena = Browser().open("/report/box").press("Open", code=cast.outside_code)
    assert (
        elena.open("/report/box/kept")
        .press("I keep it to myself")
        .sees(f"Whoever sent report {found.code} wrote again")
    )
    assert at_the_desk(mina).open(f"/reports/{found.id}").sees(WORDS)
    adds(code, "", danger="on")
    found.refresh_from_db()
    soon = found.added_at + timedelta(minutes=5)
    assert (alarm_added(None, at=soon), alarm_added(None, at=soon)) == (1, 0)
    again = soon + timedelta(days=2)  # and nobody has read it yet
    add_words(found, "He is back", danger=True, at=again)
    assert alarm_added(None, at=again + timedelta(seconds=299)) == 0
    assert alarm_added(None, at=again + timedelta(minutes=5)) == 1
    assert alarm_added(None, at=again + timedelta(days=2)) == 0


@pytest.mark.clauses("I-ANYWAY-1", "I-REVIEW-1")
def test_what_was_set_aside_in_error_is_taken_up_when_its_reporter_writes_again(cast: Cast) -> None:
    noor, amara = at_the_desk(cast.noor), at_the_desk(cast.amara)
    code = set_aside_by_two(cast, amara)
    amara.open("/")
    assert not amara.sees(Report.objects.get().code)
    adds(code)
    assert amara.open("/").sees(SIGN)
    assert not noor.open("/").sees(SIGN)
    amara.follow("Read it").press("Take it into a case")
    assert amara.sees("You coordinate this.")
    assert Report.objects.get().state == ReportState.LINKED


def test_nothing_is_erased_while_what_was_added_is_unread(cast: Cast) -> None:
    code, case = in_a_case(cast)
    case = closed(cast, case)
    adds(code)
    with pytest.raises(NotItsDayYet):
        purge_case(case, at=cast.at + timedelta(days=2000))
    aside = receive_report(Told("Told twice."), nonce=b"n" * 16, at=cast.at).report
    found = Report.objects.filter(id=aside.id)
    found.update(state=ReportState.SET_ASIDE, added_at=cast.at)
    assert forget_reports(at=cast.at + timedelta(days=2000)) == 0
    found.update(added_at=None)
    assert forget_reports(at=cast.at + timedelta(days=2000)) == 1


@pytest.mark.clauses("I-ANYWAY-1")
def test_that_it_is_happening_now_can_be_said_later_too_with_words_or_without(cast: Cast) -> None:
    code, _case = in_a_case(cast)
    adds(code, "", danger="on")
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("urgent")
    assert amara.follow(Report.objects.get().code).sees("It is happening now")
    assert not at_the_desk(cast.luis).open("/").sees(SIGN)
    assert adds(code, " ").sees("There was nothing in the box yet")
    shut = Browser().open("/report/box").post("/report/box/words", words=WORDS, danger="on")
    assert shut.press("Open", code=code).sees("not sent yet")
    assert "checked" in shut.page
    assert not Report.objects.added_to().exists()


@pytest.mark.clauses("K-CONF-1")
def test_whoever_stepped_out_or_is_kept_out_sees_no_row_no_number_and_gets_no_notice(
    cast: Cast,
) -> None:
    code, case = in_a_case(cast)
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    Job.objects.all().delete()
    adds(code)
    readers = {cast.amara.id, cast.ravi.id}  # he took the seat
    for desk in (cast.amara, cast.luis, cast.ravi, cast.noor, cast.ines):
        sees = desk.id in readers
        assert bool(waiting_for(desk.staff, at=cast.at).added) == sees
        page = at_the_desk(desk).open("/")
        assert page.sees(SIGN) == sees
        assert number_beside_inbox(page) == how_much_waits(desk.staff, at=cast.at)
        assert Job.objects.filter(unique_key=f"monitoring.notice:{desk.id}").exists() == sees
        if not sees:
            assert page.open(f"/reports/{Report.objects.get().id}").status in (403, 404)
    assert Report.objects.added_to().exists()  # nobody who may not read it has cleared it


@pytest.mark.clauses("V-RETAL-1")
def test_what_is_added_is_compared_as_what_came_first_and_never_with_its_own_case(
    cast: Cast,
) -> None:
    older = closed(cast, case_about_karim(cast), at=cast.at)
    code = report(text="Somebody waits outside my office.")
    assert not Attempt.objects.exists()
    adds(code, "It was Karim Haddad; he shouted the name of Sara Lindqvist.")
    attempt = Attempt.objects.get()
    assert attempt.case == older
    assert at_the_desk(cast.luis).open("/").sees("May be retaliation")
    adds(code, "Karim Haddad again, and Sara Lindqvist.")
    assert Attempt.objects.count() == 1


def test_files_without_a_word_are_seen_too(cast: Cast) -> None:
    code, _case = in_a_case(cast)
    letter = SimpleUploadedFile("letter.txt", b"He sent this", "text/plain")
    adds(code, "", attached=letter)
    amara = at_the_desk(cast.amara).open("/")
    assert amara.follow(Report.objects.get().code).sees("They brought files")
    assert not Report.objects.added_to().exists()


def test_words_on_one_that_nobody_has_answered_stand_beside_its_row_and_count_once(
    cast: Cast,
) -> None:
    code = report(text="He wrote again.")
    desk = at_the_desk(cast.amara).open("/")
    before = number_beside_inbox(desk)
    adds(code)
    assert desk.open("/").sees("they wrote again")
    assert number_beside_inbox(desk) == before == 1
    desk.follow(Report.objects.get().code)
    assert desk.sees(WORDS)
    desk.press("Answer", answer="Thank you for telling us.")
    answers_arrive()
    adds(code, "Something else")
    assert desk.open("/").sees(SIGN)
    assert number_beside_inbox(desk) == 1
