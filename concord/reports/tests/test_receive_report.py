"""A report reaches those who may read it, and nobody else learns that it exists."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.letterbox.find import find
from concord.letterbox.read import keyring_of
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.models import Person, Role, StaffMember
from concord.reports import intake_checks
from concord.reports.keeps_out import keeps_out
from concord.reports.models import KeptOut, Report
from concord.reports.read_report import read_report
from concord.reports.receive_report import receive_report
from concord.reports.told import Source, Told
from concord.vault import files
from concord.vault.errors import NoGrant

NONCE = b"a form's own one"
TOLD = Told(text="He wrote to me again and again.")


def readers(report: Report) -> set:
    return files.readers(report.file)


def test_a_report_is_sealed_to_every_designated_receiver(amara, luis, kofi, ines, at):
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert readers(report) == {amara.id, luis.id}
    assert read_report(report, keyring=luis.keyring, at=at) == TOLD
    assert list(Report.objects.visible_to(kofi.staff)) == []
    assert b"again" not in bytes(report.sealed)


def test_everything_typed_comes_back_as_it_was(amara, post, at):
    told = Told(
        text="\u202eשלום مرحبا <script>\n" + "x" * 1_000_000,
        where="elsewhere",
        when="long ago",
        who="somebody",
        wishes="no letters",
        contact="me@example.org",
        kinds=("threat", "other"),
        hear="done",
        language="ar",
        danger=True,
        source=Source.of(post),
    )
    report, _code = receive_report(told, nonce=NONCE, at=at)
    as_called_now = replace(told, source=replace(told.source, known_as="Tomas"))
    assert read_report(report, keyring=amara.keyring, at=at) == as_called_now
    assert told.source.excerpt == "what was written"


def test_a_reading_is_an_entry(amara, at):
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    read_report(report, keyring=amara.keyring, at=at)
    entry = Entry.objects.get(verb="reports.read")
    assert (entry.actor, entry.subject) == (amara.id, report.id)


def test_whoever_is_ticked_is_kept_out_and_sees_no_row(amara, luis, at):
    report, _code = receive_report(TOLD, nonce=NONCE, keep_out=[luis.staff], at=at)
    assert readers(report) == {amara.id}
    assert not Report.objects.visible_to(luis.staff).exists()
    assert keeps_out(report, luis.id)
    assert not keeps_out(report, amara.id)
    with pytest.raises(NoGrant):
        read_report(report, keyring=luis.keyring, at=at)


@pytest.mark.parametrize(
    "text",
    [
        "It was luis.",
        "LUIS did it",
        "Luis's joke",
        "lu\u200bis",
        "ask Luis-Maria",
        "Lu\u0456s",
        "Луис",
    ],
)
def test_whoever_is_named_by_any_part_of_their_name_is_kept_out(amara, luis, text, at):
    report, _code = receive_report(replace(TOLD, text=text), nonce=NONCE, at=at)
    assert readers(report) == {amara.id}


def test_a_name_counts_in_every_box_and_by_its_last_part(amara, luis, at):
    for box in ("where", "when", "who", "wishes", "contact"):
        told = replace(TOLD, **{box: "with diallo"})
        report, _code = receive_report(told, nonce=NONCE, at=at)
        assert readers(report) == {luis.id}


def test_a_word_that_only_contains_a_name_keeps_nobody_out(amara, luis, at):
    told = replace(TOLD, text="In Louisiana, luisella sang.")
    report, _code = receive_report(told, nonce=NONCE, at=at)
    assert readers(report) == {amara.id, luis.id}


def test_a_short_name_counts_as_a_whole(amara, make, at):
    bo = make("Bo Li")
    report, _code = receive_report(replace(TOLD, text="Bo and Li met"), nonce=NONCE, at=at)
    assert bo.id in readers(report)
    report, _code = receive_report(replace(TOLD, text="then bo li came"), nonce=NONCE, at=at)
    assert bo.id not in readers(report)


def test_staff_who_do_not_receive_reports_are_kept_out_too_when_named(amara, kofi, at):
    report, _code = receive_report(replace(TOLD, who="Kofi"), nonce=NONCE, at=at)
    assert keeps_out(report, kofi.id)


def test_who_is_kept_out_is_kept_as_tokens_that_differ_between_reports(amara, luis, at):
    for words in ("one", "two"):
        receive_report(replace(TOLD, text=words), nonce=NONCE, keep_out=[luis.staff], at=at)
    tokens = {bytes(one.token) for one in KeptOut.objects.all()}
    assert len(tokens) == 2
    assert luis.id.bytes not in tokens


def test_the_author_of_the_post_and_those_tied_to_them_are_kept_out(amara, luis, kofi, post, at):
    person = post.registration.person
    declare_tie(luis.staff, person=person, at=at)
    told = replace(TOLD, source=Source.of(post))
    report, _code = receive_report(told, nonce=NONCE, at=at)
    assert readers(report) == {amara.id}
    post.registration.person = amara.staff.person
    post.registration.save()
    told = replace(TOLD, source=Source.of(post))
    report, _code = receive_report(told, nonce=NONCE, at=at)
    assert readers(report) == {luis.id}


def test_about_the_team_goes_outside_before_any_name_is_matched(amara, luis, ines, monkeypatch, at):
    monkeypatch.setattr("concord.reports.who_read.named_in", lambda *_: pytest.fail("asked"))
    told = replace(TOLD, text="Luis shouted at me", about_team=True)
    report, _code = receive_report(told, nonce=NONCE, at=at)
    assert report.outside
    assert readers(report) == {ines.holder}
    assert keeps_out(report, amara.id)
    assert keeps_out(report, luis.id)
    outside = keyring_of(find(ines.code), ines.code)
    assert read_report(report, keyring=outside, at=at) == told


def test_when_every_receiver_is_kept_out_it_goes_outside(amara, luis, ines, at):
    keep_out = [amara.staff, luis.staff]
    report, _code = receive_report(TOLD, nonce=NONCE, keep_out=keep_out, at=at)
    assert report.outside
    assert readers(report) == {ines.holder}


def test_without_anybody_it_is_kept_for_recovery(recovery_secret, at):
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert report.outside
    assert read_report(report, keyring=recovery_secret, at=at) == TOLD


def test_a_receiver_without_keys_does_not_stop_a_report(amara, at):
    StaffMember.objects.create(
        person=Person.objects.create(), working_name="New", role=Role.RECEIVER, designated_at=at
    )
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert readers(report) == {amara.id}


def test_former_receivers_do_not_read(amara, luis, at):
    luis.staff.ended_at = at
    luis.staff.save()
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert readers(report) == {amara.id}


def test_the_same_form_sent_twice_is_one_report_with_one_code(amara, at):
    first = receive_report(TOLD, nonce=NONCE, at=at)
    again = receive_report(TOLD, nonce=NONCE, at=at + timedelta(days=2))
    assert again == first
    assert Report.objects.count() == 1


def test_the_same_form_with_other_words_or_readers_is_another_report(amara, luis, at):
    first = receive_report(TOLD, nonce=NONCE, at=at)
    changed = receive_report(replace(TOLD, text="and more"), nonce=NONCE, at=at)
    kept_out = receive_report(TOLD, nonce=NONCE, keep_out=[luis.staff], at=at)
    assert len({first.code, changed.code, kept_out.code}) == 3
    assert readers(kept_out.report) == {amara.id}


def test_only_readers_on_call_are_notified_and_never_anyone_kept_out(amara, luis, kofi, at):
    receive_report(TOLD, nonce=NONCE, at=at)
    assert notified() == {amara.id}
    Job.objects.all().delete()
    receive_report(TOLD, nonce=NONCE, keep_out=[amara.staff], at=at)
    assert notified() == {luis.id}


def test_a_flood_is_folded_and_marked_and_none_is_refused(amara, at):
    sent = [receive_report(TOLD, nonce=secrets.token_bytes(16), at=at).report for _ in range(6)]
    assert [one.folded for one in sent] == [False] * 3 + [True] * 3
    assert Job.objects.filter(kind="monitoring.notice").count() == 1


def test_what_folds_tells_nobody_of_reports_that_are_kept_from_them(amara, luis, at):
    for _ in range(3):
        receive_report(TOLD, nonce=secrets.token_bytes(16), keep_out=[luis.staff], at=at)
    probe = receive_report(TOLD, nonce=secrets.token_bytes(16), at=at).report
    assert files.may_open(probe.file, luis.id)
    assert not probe.folded


def test_a_suspect_report_is_folded_and_read_like_any_other(amara, at):
    report, _code = receive_report(TOLD, nonce=NONCE, suspect=True, at=at)
    assert report.folded
    assert read_report(report, keyring=amara.keyring, at=at) == TOLD


@pytest.mark.parametrize(
    "told, urgent",
    [
        (replace(TOLD, text="URGENT! He will kill me"), False),
        (replace(TOLD, danger=True), True),
        (replace(TOLD, kinds=("threat",)), True),
        (replace(TOLD, kinds=("retal",)), True),
        (replace(TOLD, kinds=("comment",)), False),
    ],
)
def test_urgency_comes_from_ticked_boxes_only(amara, told, urgent, at):
    assert receive_report(told, nonce=NONCE, at=at).report.urgent is urgent


def test_the_promise_is_minutes_while_an_event_runs_and_somebody_reads_the_language(
    amara, room, at
):
    soon = receive_report(TOLD, nonce=NONCE, at=at).report
    arabic = receive_report(replace(TOLD, language="ar"), nonce=NONCE, at=at).report
    assert soon.answer_by == at + timedelta(minutes=5)
    assert arabic.answer_by == at + timedelta(hours=24)


def test_otherwise_the_promise_is_a_day(amara, at):
    assert receive_report(TOLD, nonce=NONCE, at=at).report.answer_by == at + timedelta(hours=24)


@pytest.fixture
def lent():
    before = list(intake_checks._checks)
    yield intake_checks.register
    intake_checks._checks[:] = before


def test_a_lent_check_sees_the_text_and_may_keep_people_out(amara, luis, lent, at):
    seen = []

    def check(told, *, report, at):
        seen.append(told.text)
        return {luis.id}

    lent(check)
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert seen == [TOLD.text]
    assert keeps_out(report, luis.id)


def test_a_check_that_fails_never_stops_a_report_nor_logs_it(amara, lent, caplog, at):
    def check(told, *, report, at):
        Person.objects.create(id="not an id")

    lent(check)
    report, _code = receive_report(TOLD, nonce=NONCE, at=at)
    assert readers(report) == {amara.id}
    assert "intake check failed" in caplog.text
    assert TOLD.text not in caplog.text


def test_the_ledger_keeps_that_a_report_came_and_nothing_of_it(amara, luis, at):
    told = replace(TOLD, who="Luis", contact="me@example.org")
    before = set(Entry.objects.values_list("id", flat=True))
    report, code = receive_report(told, nonce=NONCE, at=at)
    entry = Entry.objects.get(verb="reports.receive")
    assert (entry.actor, entry.subject, entry.facts) == (None, report.id, {"urgent": False})
    since = Entry.objects.exclude(id__in=before)
    kept = str(list(since.values_list("facts", "subject", "actor")))
    assert code not in kept
    assert str(luis.id) not in kept


def notified() -> set:
    return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))
