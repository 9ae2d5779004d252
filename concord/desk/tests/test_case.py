"""The case page: wishes first, who somebody is only on asking, notes, and stepping out."""

from __future__ import annotations

import pytest

from concord.cases.models import Case, Note, Party
from concord.cases.parties import known_parties
from concord.cases.take_up import take_up
from concord.ledger.models import Entry
from concord.ledger.record import record
from concord.monitoring.flag_moment import flag_moment
from concord.reports.models import Report
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.browsing import Browser
from tests.cast import Cast, case_about_karim, proposed


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_about_karim(cast)


@pytest.fixture
def page(case: Case, amara: Browser) -> Browser:
    return amara.open(f"/cases/{case.id}")


def test_wishes_come_before_everything_else(cast: Cast, amara: Browser) -> None:
    told = Told(text="He wrote again.", wishes="Do not tell him that it was me.")
    receive_report(told, nonce=b"n" * 16, at=cast.at)
    report = Report.objects.get()
    amara.open(f"/reports/{report.id}").press("Take it into a case")
    assert amara.page.index("Do not tell him that it was me.") < amara.page.index("What we know")


def test_names_are_covered_and_each_asking_is_kept(case: Case, page: Browser) -> None:
    assert "Karim" not in page.page
    assert "Sara" not in page.page.replace("Sara, go and", "")
    party = Party.objects.filter(case=case).order_by("added_at")[0]
    page.open(f"/cases/{case.id}/people/{party.id}")
    assert page.sees("Karim Haddad")
    assert Entry.objects.filter(verb="cases.read_party", subject=case.id).count() == 1


def test_each_reading_is_kept_and_shown(cast: Cast, case: Case, luis: Browser) -> None:
    luis.open(f"/cases/{case.id}")
    assert Entry.objects.filter(verb="cases.read_case", actor=cast.luis.id).count() == 1
    assert luis.sees("Who has read it Luis once")


def test_a_note_is_kept_for_those_who_work_on_it(case: Case, page: Browser) -> None:
    page.press("Keep the note", text="Spoke to Nadia.\r\nThe session goes on.")
    assert page.path == f"/cases/{case.id}#notes"
    assert page.sees("Spoke to Nadia.")
    page.press("Keep the note", text="   ")
    assert page.status == 409
    assert Note.objects.count() == 1


def test_stepping_out_takes_effect_at_once(case: Case, page: Browser) -> None:
    page.follow("I am close to somebody in this").press("Step out")
    assert page.path == "/"
    assert page.open(f"/cases/{case.id}").status == 404
    assert not page.open("/").sees(case.code)


def test_a_moment_names_nobody_so_the_person_is_named_first(cast: Cast, amara: Browser) -> None:
    flag = flag_moment(
        cast.hall, words="Shouted", by=cast.sara.person_id, by_staff=False, at=cast.at
    )
    amara.open(f"/flags/{flag.id}").press("It needs action", reason="Everyone heard it.")
    case = Case.objects.get()
    amara.follow("Name the person reported")
    amara.press("Keep it", role="respondent", name="Karim Haddad", other_names="@karim\nk@x.org")
    assert amara.sees("Propose what should happen")
    known = known_parties(case, keyring=cast.amara.keyring)[-1]
    assert known.person_id == cast.karim.person_id
    assert (known.handles, known.addresses) == (("@karim",), ("k@x.org",))


def test_the_timeline_carries_the_marks_of_the_two_circles(cast: Cast, amara: Browser) -> None:
    proposal = proposed(cast)
    amara.open(f"/cases/{proposal.case_id}")
    assert amara.sees("Amara proposed an action")
    assert amara.sees("A flag was raised")
    assert amara.sees("It waits for a second yes.")


def test_what_comes_often_is_one_line_and_a_long_past_is_asked_for(
    cast: Cast, case: Case, page: Browser
) -> None:
    for _ in range(300):
        record("evasion.held", actor=None, subject=case.id, at=cast.at)
    page.open(f"/cases/{case.id}")
    assert page.sees("300 times since")
    assert page.page.count("The person tried to come in and was refused") == 1
    for verb in ["cases.hold", "cases.lift_hold"] * 40:
        record(verb, actor=cast.amara.id, subject=case.id, at=cast.at)
    page.open(f"/cases/{case.id}")
    assert page.page.count("lifted the hold") == 20
    page.follow("lines from before")
    assert page.page.count("lifted the hold") == 40
    assert page.sees("A flag was raised")


def test_a_report_is_taken_up_once(cast: Cast, amara: Browser, luis: Browser) -> None:
    receive_report(Told(text="He wrote again."), nonce=b"n" * 16, at=cast.at)
    report = Report.objects.get()
    luis.open(f"/reports/{report.id}")
    take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    luis.press("Take it into a case", into="new")
    assert luis.status == 409 or luis.sees("Which case?")
    assert Case.objects.count() == 1
