"""Behind the code, whoever reported reads, adds, changes and withdraws; each promise stands there with its time."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from concord.actions.verify_steps import verify_steps
from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.models import Execution
from concord.ledger.models import Entry
from concord.letterbox.models import Answer, Box
from concord.letterbox.read import read
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.people.models import OutsideContact, StaffMember
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.alarm_untold import alarm_untold
from concord.reports.models import HeldBack, NewCode, Report, State
from concord.reports.open_file import list_files
from concord.reports.read_report import read_report, read_words
from concord.vault import files
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, Desk, answers_arrive, opened, proposed

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def report(**typed: object) -> str:
    """Somebody sends the form; the code they are shown."""
    found = CODE.search(Browser().open("/report").press("Send", **typed).page)
    assert found
    return found[1]


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def change(code: str, *, press: str = "Change it", **typed: object) -> Browser:
    return box(code).follow("Change what you decided").press(press, **typed)


def told_to(desk: Desk, cast: Cast):
    return read_report(Report.objects.get(), keyring=desk.keyring, at=cast.at)


def taken_up(cast: Cast) -> Case:
    return take_up(
        Report.objects.get(), by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )


@pytest.mark.clauses("I-ANYWAY-1")
def test_part_now_and_part_later_in_any_words(cast: Cast) -> None:
    code = report(text="Il m'a écrit encore.")
    later = box(code.lower().replace(" ", "-")).press("Add it", words="وكتب مرة أخرى")
    assert later.sees("It has been added")
    (said,) = read_words(Report.objects.get(), keyring=cast.luis.keyring)
    assert said.text == "وكتب مرة أخرى"


@pytest.mark.clauses("I-CONTACT-1")
def test_contact_wishes_and_what_to_hear_are_changed_and_erased(cast: Cast) -> None:
    code = report(text="He wrote again.", contact="me@example.net", wishes="no letters")
    before = bytes(Report.objects.get().sealed)
    luis = at_the_desk(cast.luis)
    assert luis.open(f"/reports/{Report.objects.get().id}").sees("me@example.net")
    changed = change(code, contact="", wishes="call me Kim", hear="done")
    assert changed.sees("It counts from now on")
    assert not luis.open(f"/reports/{Report.objects.get().id}").sees("me@example.net")
    told = told_to(cast.luis, cast)
    assert (told.text, told.contact, told.wishes) == ("He wrote again.", "", "call me Kim")
    assert Report.objects.get().tell_outcome
    assert bytes(Report.objects.get().sealed) != before
    held = Box.objects.get(purpose="report")
    assert all(b"me@example.net" not in one.plaintext for one in read(held, code))
    shown = box(code).follow("Change what you decided").page
    assert "call me Kim" in shown
    assert "me@example.net" not in shown


@pytest.mark.clauses("I-CONTACT-1", "K-CONF-1")
def test_a_lost_code_is_made_anew_by_the_way_that_was_left_and_by_no_other(cast: Cast) -> None:
    lost = report(text="He wrote again.", contact="me@example.net")
    change(lost, keep_out=[str(cast.luis.staff.id)], contact="me@example.net")
    desk, found = at_the_desk(cast.amara), Report.objects.get()
    desk.open(f"/reports/{found.id}").press("Answer", answer="Thank you for telling us.")
    answers_arrive()
    assert at_the_desk(cast.luis).open(f"/reports/{found.id}/code").status == 404
    page = desk.open(f"/reports/{found.id}").follow("They lost their code")
    made = CODE.search(page.press("Make another code").page)
    assert made
    assert box(lost).sees("Nothing opens with this code")
    back = box(made[1])
    assert back.sees("Thank you for telling us.")
    assert back.follow("Change what you decided").sees("You keep out: Luis")
    assert Entry.objects.get(verb="reports.reissue_code").actor == cast.amara.id
    assert back.sees("Somebody on the team has seen your code.")
    assert not back.sees("It counts at once")
    written = change(made[1], contact="", wishes="no letters", press="Write it down")
    assert written.sees("It is written down. Nothing of it is lost.")
    assert written.sees("you need not come back for it")
    assert "no letters" in written.follow("Change what you decided").page
    assert desk.open(f"/reports/{found.id}").sees("Amara made another code for them.")
    assert not desk.sees("I spoke with them")
    assert desk.sees("not any more; until then only to ask")
    assert desk.sees("me@example.net")
    NewCode.objects.update(made_at=timezone.now() - timedelta(hours=49))
    HeldBack.objects.update(keep_out=["00"])  # somebody, as the page sees it
    settled = box(made[1])
    assert settled.sees("open what you decided once more and press “Change it”")
    settled.follow("Change what you decided")
    assert settled.sees("the rest counts in a few minutes")
    assert not settled.sees("It counts at once")
    handler_of("reports.carry_out")(None, at=timezone.now())
    assert not desk.open(f"/reports/{found.id}").sees("They lost their code")
    desk.post(f"/reports/{found.id}/code", nonce="ab")
    assert desk.status == 409
    assert box(made[1]).sees("Thank you for telling us.")


@pytest.mark.clauses("I-WHO-1", "K-CONF-1")
def test_whoever_is_kept_out_later_finds_nothing_any_more(cast: Cast) -> None:
    code = report(text="He wrote again.")
    found = Report.objects.get()
    luis = at_the_desk(cast.luis)
    assert luis.open(f"/reports/{found.id}").sees("He wrote again")
    assert change(code, keep_out=[str(cast.luis.staff.id)]).sees("It counts from now on")
    assert luis.open(f"/reports/{found.id}").status == 404
    assert not Report.objects.visible_to(cast.luis.staff).exists()
    assert told_to(cast.amara, cast).text == "He wrote again."
    page = box(code).follow("Change what you decided")
    assert page.sees("You keep out: Luis")
    change(code, keep_out=[str(cast.luis.staff.id)])
    assert Entry.objects.filter(verb="reports.keep_out").count() == 1


@pytest.mark.clauses("I-WHO-1", "R-COORD-1")
def test_a_coordinator_who_is_kept_out_later_is_out_of_the_case_at_once(cast: Cast) -> None:
    code = report(text="He wrote again.")
    case = taken_up(cast)
    assert case.coordinator == cast.amara.staff
    change(code, keep_out=[str(cast.amara.staff.id)])
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert not Case.objects.visible_to(cast.amara.staff).exists()
    assert at_the_desk(cast.amara).open(f"/cases/{case.id}").status == 404
    assert told_to(cast.luis, cast).text == "He wrote again."


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1")
def test_when_nobody_of_the_team_is_left_it_goes_outside_with_all_that_was_said(cast: Cast) -> None:
    code = report(text="He wrote again.")
    box(code).press("Add it", words="And again.")
    everyone = [str(one.id) for one in StaffMember.objects.receivers(timezone.now())]
    assert change(code, keep_out=everyone).sees("It counts from now on")
    found = Report.objects.get()
    assert found.outside
    assert files.readers(found.file) == {cast.outside.holder}
    assert read_report(found, keyring=cast.outside_key, at=cast.at).text == "He wrote again."
    assert [one.text for one in read_words(found, keyring=cast.outside_key)] == ["And again."]


@pytest.mark.clauses("I-WHO-1")
def test_its_files_go_outside_with_it(cast: Cast) -> None:
    code = report(text="He wrote again.", attached=SimpleUploadedFile("note.txt", b"He did."))
    everyone = [str(one.id) for one in StaffMember.objects.receivers(timezone.now())]
    change(code, keep_out=everyone)
    (attachment,) = Report.objects.get().attachments.all()
    (listed,) = list_files(Report.objects.get(), keyring=cast.outside_key)
    assert (listed.id, listed.name) == (attachment.id, "note.txt")


def test_the_wish_to_be_involved_is_withdrawn_and_closes_nothing(cast: Cast) -> None:
    code = report(text="He wrote again.")
    page = box(code).follow("Change what you decided").press("Note it")
    assert page.sees("We will not ask you anything")
    found = Report.objects.get()
    assert found.state == State.RECEIVED
    assert not told_to(cast.amara, cast).involved
    assert at_the_desk(cast.amara).open(f"/reports/{found.id}").sees("ask them nothing")
    assert Entry.objects.filter(verb="reports.stay_out").count() == 1


@pytest.mark.clauses("I-INFORM-1")
def test_whoever_chose_to_hear_it_finds_kind_and_day_of_what_was_done(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    code = report(text="He wrote this.", post=str(post.id), hear="done")
    assert box(code).sees("You hear what was done: at the latest")
    decide(cast)
    page = box(code)
    assert page.sees("Somebody's access was taken away or limited.")
    assert page.sees("You hear what was done: kept")
    assert "Karim" not in page.page


@pytest.mark.clauses("I-INFORM-1")
def test_whoever_has_not_heard_after_three_months_has_a_broken_promise_that_goes_outside_once(
    cast: Cast,
) -> None:
    code = report(text="He wrote this.", hear="done")
    report(text="He wrote that.")
    report(text="The same as before.", hear="done")
    Report.objects.filter(code=Report.objects.latest("received_at").code).update(
        state=State.SET_ASIDE
    )
    Report.objects.update(received_at=cast.at - timedelta(days=91))
    assert box(code).sees("You hear what was done: not kept")
    assert alarm_untold(None, at=cast.at) == 1
    assert alarm_untold(None, at=cast.at + timedelta(days=1)) == 0
    raised = Answer.objects.filter(box=OutsideContact.objects.get().holder, kind="promise")
    assert raised.count() == 1


def test_whoever_heard_in_time_is_raised_to_nobody(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    report(text="He wrote this.", post=str(post.id), hear="done")
    decide(cast)
    assert alarm_untold(None, at=cast.at + timedelta(days=91)) == 0


def test_whoever_did_not_choose_it_is_told_nothing_of_it(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    code = report(text="He wrote this.", post=str(post.id))
    decide(cast)
    assert not box(code).sees("What was done")


def decide(cast: Cast) -> None:
    version = opened(proposed(cast, taken_up(cast)).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    verify_steps(Job(subject=Execution.objects.get().id), at=cast.at)


def test_each_promise_has_its_time_and_whether_it_was_kept(cast: Cast) -> None:
    code = report(text="He wrote again.")
    assert box(code).sees("A person answers you: at the latest")
    found = Report.objects.get()
    at_the_desk(cast.amara).open(f"/reports/{found.id}").press("Answer", answer="Thank you.")
    answers_arrive()
    assert box(code).sees("A person answers you: kept")


def test_a_broken_promise_is_said_and_raised_to_the_person_outside(cast: Cast) -> None:
    contact_box = Box.objects.get(id=cast.outside.holder)
    code = report(text="He wrote again.")
    past = timezone.now() - timedelta(days=2)
    Report.objects.update(answer_by=past, received_at=past)
    alarm_unanswered(None, at=timezone.now())
    alarm_unanswered(None, at=timezone.now())
    page = box(code)
    assert page.sees("A person answers you: not kept")
    assert page.sees("who is not on the team, is told of it")
    (note,) = read(contact_box, cast.outside_code)
    assert Report.objects.get().code in note.plaintext.decode()
    assert b"wrote again" not in note.plaintext
    assert Answer.objects.filter(box=contact_box).count() == 1


def test_without_an_open_box_nothing_is_changed(cast: Cast) -> None:
    code = report(text="He wrote again.", wishes="no letters")
    stranger = Browser().open("/report/box")
    assert stranger.post("/report/box/choices", wishes="").sees("Your code")
    assert stranger.post("/report/box/stay-out").sees("Your code")
    told = told_to(cast.amara, cast)
    assert (told.wishes, told.involved) == ("no letters", True)
    assert code
