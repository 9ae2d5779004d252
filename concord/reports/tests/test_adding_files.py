"""Files that come later, with the code: as sealed as the first ones, and never asked for twice."""

from __future__ import annotations

import errno
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from concord.letterbox.models import Reading
from concord.outbox.models import Job
from concord.reports import blobs, views
from concord.reports.clean_file import read_brought
from concord.reports.forget_uploads import forget_uploads
from concord.reports.models import Attachment, Report, Upload
from concord.reports.tests.files import CANARY, lies_plain_in, sent
from concord.reports.tests.test_form import code_in, open_box, token_in
from concord.reports.uploads import open_upload

ADD = "/report/box/words"
KEPT = re.compile(r'name="kept_files" value="([0-9a-f]{64})" checked')


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"host": "localhost"})


@pytest.fixture
def code(browser, amara, luis) -> str:
    return code_in(browser.post("/report", {"text": "He wrote again."}))


@pytest.fixture
def token(browser, code) -> str:
    return token_in(open_box(browser, code))


def add(browser, token, **typed):
    return browser.post(ADD, {"csrfmiddlewaretoken": token, **typed}, follow=True)


def contents(member) -> list[bytes]:
    brought = [read_brought(each, keyring=member.keyring) for each in Attachment.objects.all()]
    return [b"".join(open_upload(each)) for each in brought]


@pytest.mark.clauses("I-ANYWAY-1", "K-CONF-1")
def test_files_come_later_and_their_readers_get_them(browser, token, amara, media, tmp_path):
    Job.objects.all().delete()
    added = add(browser, token, words="", attached=[sent(f"{CANARY.decode()}.txt", CANARY)])
    assert "It has been added." in added.content.decode()
    assert CANARY.decode() in added.content.decode()
    assert contents(amara) == [CANARY]
    assert lies_plain_in(media) == []
    assert Job.objects.exists(), "nobody is told of it"
    assert not Report.objects.get().words.exists()


def test_neither_words_nor_files_are_told_kindly(browser, token):
    answer = add(browser, token, words=" ")
    assert "There was nothing in the box yet" in answer.content.decode()


def test_after_an_error_no_file_has_to_be_sent_again(browser, token, amara, settings):
    settings.CONCORD_REPORT_FILE_BYTES = 1_000
    files = [sent("a.txt", b"first"), sent("big.bin", b"x" * 2_000)]
    page = add(browser, token, words="More.", attached=files).content.decode()
    assert "big.bin" in page
    assert "More." in page
    assert not Attachment.objects.exists()
    add(browser, token, words="More.", kept_files=KEPT.findall(page))
    assert contents(amara) == [b"first"]


def test_what_comes_when_the_box_is_shut_goes_along_with_the_code(browser, token, code, amara):
    Reading.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    page = add(browser, token, words="More.", attached=[sent("a.txt", b"first")]).content.decode()
    assert "is not sent yet" in page
    kept = KEPT.findall(page)
    mistyped = browser.post(
        "/report/box",
        {
            "code": "wrong",
            "words": "More.",
            "kept_files": kept,
            "csrfmiddlewaretoken": token,
        },
    )
    assert KEPT.findall(mistyped.content.decode()) == kept
    opened = browser.post(
        "/report/box",
        {"code": code, "words": "More.", "kept_files": kept, "csrfmiddlewaretoken": token},
    ).content.decode()
    assert "Your box is open again" in opened
    assert not Attachment.objects.exists()
    sent_again = {"words": "More.", "kept_files": KEPT.findall(opened)}
    add(browser, token, **sent_again)
    add(browser, token, **sent_again)
    assert contents(amara) == [b"first"], "the same file twice is one file"


def test_what_came_before_counts_towards_what_fits(browser, token, settings):
    settings.CONCORD_REPORT_FILES = 2
    add(browser, token, attached=[sent("a.txt", b"a"), sent("b.txt", b"b")])
    answer = add(browser, token, attached=[sent("c.txt", b"c")])
    assert "more files than fit with one report" in answer.content.decode()
    assert Attachment.objects.count() == 2


def test_a_full_disk_is_told_and_what_was_typed_stays(browser, token, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(blobs.os, "open", full)
        answer = add(browser, token, words="More.", attached=[sent("a.txt", b"a")])
    assert answer.status_code == 507
    assert "More." in answer.content.decode()

    def database_full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(views, "add_words", database_full)
    answer = add(browser, token, words="More.", attached=[sent("a.txt", b"a")])
    assert answer.status_code == 507
    assert KEPT.findall(answer.content.decode())
    assert not Attachment.objects.exists()


def test_a_sending_that_breaks_off_brings_nothing_and_leaves_nothing(browser, token, media):
    body = encode_multipart(
        BOUNDARY,
        {"csrfmiddlewaretoken": token, "words": "x", "attached": sent("a.bin", b"y" * 400_000)},
    )

    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 200_000:
                raise KeyboardInterrupt  # as the process dies: nothing of ours may run afterwards
            return super().read(size)

    with pytest.raises(KeyboardInterrupt):
        browser.generic("POST", ADD, body, MULTIPART_CONTENT, **{"wsgi.input": Breaks(body)})
    assert not Attachment.objects.exists()
    assert not Report.objects.get().words.exists()
    forget_uploads(at=timezone.now() + timedelta(hours=2))
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert not Upload.objects.exists()


def test_a_stranger_cannot_add_to_anything(browser, amara, luis):
    token = token_in(browser.get("/report/box"))
    add(browser, token, attached=[sent("a.txt", b"a")])
    assert not Attachment.objects.exists()
    assert browser.post(ADD, {"words": "x"}).status_code == 403


def test_of_more_than_one_request_may_carry_the_words_and_whole_files_stay(browser, token, amara):
    files = [sent("whole.txt", b"whole"), sent("half.txt", b"half")]
    page = add(browser, token, words="More.", attached=files, cut_off="yes").content.decode()
    assert "more files than fit" in page
    assert "More." in page
    assert "half.txt" not in page
    assert not Attachment.objects.exists()
    add(browser, token, words="More.", kept_files=KEPT.findall(page))
    assert contents(amara) == [b"whole"]
