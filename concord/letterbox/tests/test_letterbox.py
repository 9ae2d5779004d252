"""A code opens a box: issued, found, filled, read, purged."""

import secrets
from datetime import timedelta
from uuid import uuid4

import pytest

from concord.ledger.models import Entry
from concord.letterbox.codes import encode, in_fours
from concord.letterbox.find import find
from concord.letterbox.issue import issue
from concord.letterbox.models import Answer, Box
from concord.letterbox.purge import purge
from concord.letterbox.push import push
from concord.letterbox.read import keyring_of, read
from concord.vault import environment, files, keys, recovery, sealing
from concord.vault.errors import Tampered

pytestmark = pytest.mark.django_db
NONCE = b"one form's nonce"


@pytest.fixture
def report(at):
    return issue(NONCE, purpose="report", at=at)


def test_a_form_sent_twice_shows_the_same_code_and_makes_one_box(report, at):
    assert issue(NONCE, purpose="report", at=at + timedelta(seconds=2)) == report
    assert Box.objects.count() == 1


def test_other_forms_and_other_purposes_have_other_codes(report, at):
    code, _box = report
    assert issue(b"another form's nonce", purpose="report", at=at)[0] != code
    assert issue(NONCE, purpose="review", at=at)[0] != code


def test_a_short_nonce_is_refused(at):
    with pytest.raises(ValueError, match="nonce"):
        issue(b"short", purpose="report", at=at)


def test_another_installation_gives_another_code(report, at, tmp_path, settings):
    settings.CONCORD_KEY_FILE = tmp_path / "other.key"
    environment.make_key_file(settings.CONCORD_KEY_FILE)
    assert issue(NONCE, purpose="report", at=at)[0] != report[0]


def test_a_code_finds_its_box_however_it_is_typed(report):
    code, box = report
    assert find(code) == find(f" {code.lower().replace('-', ' ')} ") == box


def test_mistyped_unknown_and_purged_codes_get_one_answer(report, at):
    code, box = report
    purge(box, by=None, at=at)
    unknown = in_fours(encode(secrets.token_bytes(12)))
    assert [find(typed) for typed in (code, unknown, code[:-1], "", "x")] == [None] * 5


def test_mistyped_unknown_purged_and_right_codes_cost_the_same_work(
    report, at, monkeypatch, django_assert_num_queries
):
    code, _box = report
    _other, gone = issue(b"another form's nonce", purpose="report", at=at)
    purge(gone, by=None, at=at)
    runs = []
    real = sealing.expand

    def counted(secret, *, purpose, salt=None):
        runs.append(purpose)
        return real(secret, purpose=purpose, salt=salt)

    monkeypatch.setattr(sealing, "expand", counted)
    for typed in (code, _other, in_fours(encode(secrets.token_bytes(12))), code[:-1], ""):
        environment.forget_masters()
        before = len(runs)
        with django_assert_num_queries(1):
            find(typed)
        assert len(runs) - before == 2  # the keyed hash, and the code's own key


def test_an_answer_is_sealed_without_the_code_and_opened_with_it(report, at):
    code, box = report
    push(box, "We have read it. مرحبا".encode(), kind="news", at=at)
    push(box, b"May we name you?", kind="question", at=at + timedelta(hours=1))
    assert [(one.kind, one.plaintext.decode()) for one in read(box, code)] == [
        ("news", "We have read it. مرحبا"),
        ("question", "May we name you?"),
    ]


def test_a_code_does_not_open_another_box(report, at):
    code, _box = report
    _other, theirs = issue(b"another form's nonce", purpose="report", at=at)
    for typed in (code, "", "mistyped"):
        with pytest.raises(Tampered):
            read(theirs, typed)


def test_an_answer_moved_to_another_box_or_shown_as_another_kind_does_not_open(report, at):
    code, box = report
    _other, theirs = issue(b"another form's nonce", purpose="report", at=at)
    answer = push(theirs, b"for them", kind="news", at=at)
    Answer.objects.filter(id=answer.id).update(box=box)
    with pytest.raises(Tampered):
        read(box, code)
    Answer.objects.all().delete()
    push(box, b"for her", kind="news", at=at)
    Answer.objects.update(kind="question")
    with pytest.raises(Tampered):
        read(box, code)


def test_nothing_that_is_stored_tells_the_code_or_the_answer(report, at):
    code, box = report
    answer = push(box, b"We have read it.", kind="news", at=at)
    stored = [*vars(Box.objects.get()).values(), *vars(answer).values()]
    kept = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in stored)
    for secret in (code, code.replace("-", ""), "We have read it", NONCE.decode()):
        assert secret.encode() not in kept


def test_purging_twice_is_purging_once(report, at):
    _code, box = report
    push(box, b"We have read it.", kind="news", at=at)
    by = uuid4()
    purge(box, by=by, at=at)
    purge(box, by=by, at=at)
    assert not Answer.objects.exists()
    assert Entry.objects.filter(verb="letterbox.purge", actor=by).count() == 1


def test_a_standing_code_reads_files_like_a_holder(report, at):
    code, contact = report
    secret = recovery.combine(recovery.make(at=at)[:2])
    keys.enrol_reader(contact.id, bytes(contact.reading_public), at=at, countersigner=secret)
    file = files.open_file(readers=[contact.id], at=at)
    sealed = files.seal(file.id, b"about all of the staff", about="report.body:1")
    keyring = keyring_of(contact, code)
    opened = files.unseal(file.id, sealed, about="report.body:1", keyring=keyring)
    assert opened == b"about all of the staff"
