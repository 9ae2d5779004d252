"""What the outside contact can do with a report, each thing once and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.letterbox.issue import issue
from concord.letterbox.models import Answer, Box
from concord.letterbox.read import keyring_of
from concord.letterbox.session import Held
from concord.people.declare_tie import declare_tie
from concord.people.name_outside_contact import name_outside_contact
from concord.reports.acknowledge_report import AnswerIsEmpty, acknowledge_report
from concord.reports.alarm_untold import alarm_untold
from concord.reports.answer_from_outside import answer_from_outside
from concord.reports.change_choices import Choices, change_choices
from concord.reports.finish_outside import finish_outside, read_what_came_of_it
from concord.reports.hand_on import NotToThem, hand_on
from concord.reports.keep_out import keep_out
from concord.reports.keeps_out import keeps_out
from concord.reports.let_in import let_in
from concord.reports.models import Report, SettingAside
from concord.reports.outside import Outside
from concord.reports.promise_discretion import promise_discretion
from concord.reports.read_report import read_report
from concord.reports.read_shared import SayFirstThatYouKeepIt
from concord.reports.receive_report import receive_report
from concord.reports.set_aside import NeedsAnAnswerFirst, set_aside
from concord.reports.settle_flag_outside import SayWhatComesOfIt
from concord.reports.stay_out import stay_out
from concord.reports.tell_status import tell_status
from concord.reports.told import Source, Told
from concord.vault import files, keys
from concord.vault.errors import NoGrant

NONCE = b"a form's own one"


@pytest.fixture
def outside(ines, at) -> Outside:
    promise_discretion(ines, at=at)
    promise_discretion(ines, at=at)
    box = Box.objects.get(id=ines.holder)
    return Outside(ines, keyring_of(box, ines.code))


@pytest.fixture
def report(amara, ines, at):
    """Amara is kept out, and there was nobody else."""
    told = Told(text="He wrote again.")
    return receive_report(told, nonce=NONCE, keep_out=[amara.staff], at=at).report


def test_it_is_handed_on_to_a_receiver_who_came_later(report, outside, amara, luis, at):
    hand_on(report, to=luis.staff, by=outside, at=at)
    assert read_report(report, keyring=luis.keyring, at=at).text == "He wrote again."
    assert not keeps_out(report, luis.id)
    assert keeps_out(report, amara.id)
    assert files.may_open(report.file, outside.contact.holder)
    for member in (luis, amara):  # they read it already; they are kept out
        with pytest.raises(NotToThem):
            hand_on(report, to=member.staff, by=outside, at=at)


def test_whoever_was_replaced_reads_what_they_had_and_lets_in_nobody(
    report, outside, luis, recovery_secret, at
):
    _code, box = issue(b"m" * 16, purpose="outside", at=at)
    keys.enrol_reader(box.id, bytes(box.reading_public), at=at, countersigner=recovery_secret)
    name_outside_contact("Olga", address="olga@elsewhere.example", holder=box.id, by=None, at=at)
    with pytest.raises(NoGrant):
        hand_on(report, to=luis.staff, by=outside, at=at)
    assert not report.let_in.exists()
    assert files.may_open(report.file, outside.contact.holder)


def test_about_the_team_it_is_handed_to_nobody(outside, amara, luis, at):
    told = Told(text="One of you did.", about_team=True)
    report = receive_report(told, nonce=NONCE, at=at).report
    with pytest.raises(NotToThem):
        hand_on(report, to=luis.staff, by=outside, at=at)


def test_whoever_is_close_to_the_author_stays_out_also_when_the_reporter_lets_them_in(
    outside, luis, post, at
):
    declare_tie(luis.staff, person=post.registration.person, at=at)
    told = Told(text="He wrote this.", about_team=True, source=Source.of(post))
    receipt = receive_report(told, nonce=NONCE, at=at)
    held = Held(Box.objects.get(id=receipt.report.box), receipt.code)
    let_in(receipt.report, [luis.staff], held=held, at=at)
    let_in(receipt.report, [luis.staff], held=held, at=at)
    files.settle(outside.keyring, at=at)
    assert not files.may_open(receipt.report.file, luis.id)
    assert Entry.objects.filter(verb="reports.let_in").count() == 1
    with pytest.raises(NotToThem):
        hand_on(receipt.report, to=luis.staff, by=outside, at=at)


def test_it_is_dealt_with_once_answered_and_only_then(report, outside, at):
    with pytest.raises(NeedsAnAnswerFirst):
        finish_outside(report, acted=True, reason="Spoke to them.", by=outside, at=at)
    with pytest.raises(AnswerIsEmpty):
        answer_from_outside(report, " ", by=outside, at=at)
    answer_from_outside(report, "Thank you.", by=outside, at=at)
    with pytest.raises(SayWhatComesOfIt):
        finish_outside(report, acted=True, reason=" ", by=outside, at=at)
    for _ in range(2):
        assert (
            finish_outside(
                report, acted=True, reason="Spoke to them.", by=outside, at=at
            ).done_outside_at
            == at
        )
    assert Entry.objects.filter(verb="reports.finish_outside").count() == 1


def test_who_wants_to_hear_nothing_needs_no_answer_and_may_change_their_mind(outside, amara, at):
    told = Told(text="Just so you know.", hear="nothing", about_team=True)
    receipt = receive_report(told, nonce=NONCE, at=at)
    report = finish_outside(receipt.report, acted=False, reason="A joke.", by=outside, at=at)
    assert report.acknowledged_at == at
    theirs = Answer.objects.filter(box=report.box, kind="outcome")
    assert not theirs.exists()
    held = Held(Box.objects.get(id=report.box), receipt.code)
    for hear in ("done", "done", "answer", "done"):
        change_choices(report, Choices(contact="", wishes="", hear=hear), held=held, at=at)
    assert theirs.count() == 1


def test_noted_as_done_before_it_was_asked_whether_they_acted_it_tells_no_untruth(
    outside, amara, at
):
    told = Told(text="Just so you know.", hear="nothing", about_team=True)
    receipt = receive_report(told, nonce=NONCE, at=at)
    said = {"acted": False, "reason": "He was called.", "by": outside, "at": at}
    report = finish_outside(receipt.report, **said)
    Report.objects.update(acted_outside=None)
    held = Held(Box.objects.get(id=report.box), receipt.code)
    change_choices(report, Choices(contact="", wishes="", hear="done"), held=held, at=at)
    theirs = Answer.objects.filter(box=report.box, kind="outcome")
    assert not theirs.exists()
    assert tell_status(None, at=at + timedelta(days=8)) == 1
    later = at + timedelta(days=91)
    assert alarm_untold(None, at=later) == 1
    report = finish_outside(report, acted=True, reason="", by=outside, at=later)
    assert (report.acted_outside, report.done_outside_at) == (True, at)
    assert read_what_came_of_it(report, keyring=outside.keyring) == "He was called."
    assert theirs.count() == 1
    assert finish_outside(report, **said).acted_outside


def test_what_the_team_reads_is_closed_to_them(outside, amara, luis, at):
    report = receive_report(Told(text="For the team."), nonce=NONCE, at=at).report
    for act in (
        lambda: answer_from_outside(report, "Thank you.", by=outside, at=at),
        lambda: finish_outside(report, acted=True, reason="Spoke to them.", by=outside, at=at),
        lambda: hand_on(report, to=luis.staff, by=outside, at=at),
    ):
        with pytest.raises(NoGrant):
            act()


def test_before_they_promised_to_keep_it_they_do_nothing(report, ines, at):
    box = Box.objects.get(id=ines.holder)
    with pytest.raises(SayFirstThatYouKeepIt):
        answer_from_outside(
            report, "Thank you.", by=Outside(ines, keyring_of(box, ines.code)), at=at
        )


def test_what_goes_outside_later_leaves_behind_what_was_for_others_or_was_erased(
    outside, amara, luis, at
):
    receipt = receive_report(Told(text="He shouted.", contact="me@example.org"), nonce=NONCE, at=at)
    report, held = receipt.report, Held(Box.objects.get(id=receipt.report.box), receipt.code)
    by_amara = {"by": amara.staff, "keyring": amara.keyring, "at": at}
    acknowledge_report(report, answer="Thank you.", **by_amara)
    set_aside(report, reason="It may be a copy.", alleges=True, **by_amara)
    Report.objects.update(contact_sealed=None)  # ninety days later
    stay_out(report, held=held, at=at)
    assert not Report.objects.filter(contact_sealed__isnull=False).exists()
    former = report.file
    keep_out(report, [amara.staff, luis.staff], held=held, at=at)
    report.refresh_from_db()
    assert report.outside
    assert files.still_there([former, report.file]) == {report.file}
    assert read_report(report, keyring=outside.keyring, at=at).contact == ""
    assert not SettingAside.objects.exists()
