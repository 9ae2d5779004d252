"""Files with a report: sealed from the first byte, taken whole or not at all, never asked for twice."""

from __future__ import annotations

import errno
import io
import os
import re
import tempfile
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.refusals import is_full
from concord.reports import blobs, bring_files, uploads
from concord.reports.clean_file import read_brought
from concord.reports.forget_uploads import forget_uploads
from concord.reports.models import Attachment, Report, Upload
from concord.reports.tests.files import CANARY, lies_plain_in, sent
from concord.reports.uploads import clean_file_name, kind_of, open_upload

TEXT = {"text": "He wrote again."}
KEPT = re.compile(r'name="kept_files" value="([0-9a-f]{64})" checked')


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"host": "localhost"})


@pytest.fixture
def team(amara, luis):
    return amara, luis


def on_disk(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def content_of(attachment: Attachment, member) -> tuple[str, bytes]:
    brought = read_brought(attachment, keyring=member.keyring)
    return brought.name, b"".join(open_upload(brought))


@pytest.mark.clauses("I-ANYWAY-1", "K-CONF-1")
def test_files_of_any_kind_come_with_a_report_and_its_readers_get_them_as_they_were(
    browser, team, media
):
    contents = {"a.bin": os.urandom(200_000), "b.txt": b"", "c.svg": b"<svg onload=alert(1)>"}
    files = [sent(name, content) for name, content in contents.items()]
    assert browser.post("/report", TEXT | {"attached": files}).status_code == 200
    brought = [content_of(each, team[1]) for each in Attachment.objects.all()]
    assert brought == list(contents.items())
    assert len(on_disk(media)) == 3


def test_nothing_of_a_file_lies_plain_on_disk_during_or_after_it_is_sent(
    browser, team, media, tmp_path, monkeypatch
):
    seen = watch_while_sending(browser, tmp_path, monkeypatch)
    assert Report.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert seen == set()


def test_the_watch_would_see_what_django_does_by_itself(
    browser, team, tmp_path, monkeypatch, settings
):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    assert watch_while_sending(browser, tmp_path, monkeypatch)


def watch_while_sending(browser, tmp_path, monkeypatch):
    """Send three megabytes of the canary; look into every folder at each piece, and once more afterwards."""
    seen = set()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    folders = [tmp_path, Path(settings.CONCORD_DATA)]

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() % 500_000 < 70_000:
                seen.update(lies_plain_in(*folders))
            return super().read(size)

    body = encode_multipart(
        BOUNDARY, TEXT | {"attached": sent(f"{CANARY.decode()}.txt", CANARY * 250_000)}
    )
    browser.generic("POST", "/report", body, MULTIPART_CONTENT, **{"wsgi.input": Watched(body)})
    seen.update(lies_plain_in(*folders))
    return seen


@pytest.mark.clauses("K-CONF-1")
def test_the_name_of_a_file_stands_in_no_row_no_log_and_no_entry(
    browser, team, caplog, capfd, media
):
    files = [sent(f"{CANARY.decode()}.txt", CANARY)]
    with caplog.at_level("DEBUG"):
        browser.post("/report", {"text": "", "attached": files})
        browser.post("/report", TEXT | {"attached": files})
    rows = [bytes(each.sealed) for each in [*Upload.objects.all(), *Attachment.objects.all()]]
    assert len(rows) == 3
    told = [caplog.text, *capfd.readouterr(), *map(str, Entry.objects.values())]
    told += map(str, Job.objects.values())
    assert not any(CANARY.decode() in each for each in told)
    assert not any(CANARY in row for row in rows)
    assert lies_plain_in(media) == []


def test_after_an_error_no_file_has_to_be_sent_again(browser, team, media):
    came_back = browser.post("/report", {"text": "", "attached": [sent("a.txt", b"first")]})
    page = came_back.content.decode()
    assert "a.txt" in page
    assert not Report.objects.exists()
    again = {"kept_files": KEPT.findall(page), "attached": [sent("b.txt", b"second")]}
    browser.post("/report", TEXT | again)
    brought = [content_of(each, team[0]) for each in Attachment.objects.all()]
    assert brought == [("a.txt", b"first"), ("b.txt", b"second")]


def test_what_waits_for_its_form_cannot_be_opened_from_what_lies_here(browser, team, media):
    page = browser.post(
        "/report", {"text": "", "attached": [sent("a.txt", CANARY)]}
    ).content.decode()
    (reference,) = KEPT.findall(page)
    upload = Upload.objects.get()
    assert reference not in str(vars(upload))
    assert bytes.fromhex(reference) not in bytes(upload.sealed)
    assert [path.name for path in on_disk(media)] == [upload.blob]


def test_a_file_that_is_unticked_stays_out(browser, team):
    browser.post("/report", {"text": "", "attached": [sent("a.txt", b"first")]})
    browser.post("/report", TEXT)
    assert Report.objects.count() == 1
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("reference", ["", "zz", "ab" * 32, "ab" * 31, "é" * 64, "../../etc"])
def test_a_made_up_reference_opens_nothing_and_keeps_what_was_typed(browser, team, reference):
    page = browser.post("/report", TEXT | {"kept_files": [reference] * 3}).content.decode()
    assert page.count("choose it once more") == 2  # above the form, and at the field
    assert "He wrote again." in page
    assert not Report.objects.exists()


def test_after_an_hour_a_file_whose_form_never_came_is_erased(browser, team, media, at):
    page = browser.post("/report", {"text": "", "attached": [sent("a.txt", b"x")]}).content.decode()
    reference = KEPT.findall(page)[0]
    soon = Upload.objects.get().expires_at
    forget_uploads(at=soon - timedelta(minutes=1))
    assert uploads.find_upload(reference, at=soon - timedelta(minutes=1))
    assert uploads.find_upload(reference, at=soon) is None
    assert forget_uploads(at=soon + timedelta(minutes=11)) == 1
    assert forget_uploads(at=soon + timedelta(minutes=11)) == 0
    assert on_disk(media) == []
    assert not Upload.objects.exists()


def test_what_a_report_holds_stays_and_goes_with_it(browser, team, media, at):
    browser.post("/report", TEXT | {"attached": [sent("a.txt", b"kept")]})
    later = Upload.objects.get().expires_at + timedelta(days=30)
    forget_uploads(at=later)
    assert content_of(Attachment.objects.get(), team[0]) == ("a.txt", b"kept")
    Report.objects.all().delete()
    forget_uploads(at=later)
    assert on_disk(media) == []


def test_the_same_form_twice_is_one_report_with_its_files_once(browser, team):
    form = TEXT | {"nonce": "ab" * 16}
    for _ in range(2):
        browser.post("/report", form | {"attached": [sent("a.txt", b"same")]})
    assert Report.objects.count() == 1
    assert Attachment.objects.count() == 1
    browser.post("/report", form | {"attached": [sent("a.txt", b"another")]})
    assert Report.objects.count() == 2


def test_two_hundred_files_are_said_to_be_too_many_and_nothing_typed_is_lost(
    browser, team, settings
):
    settings.CONCORD_REPORT_FILES = 3
    files = [sent(f"{number}.txt", b"x") for number in range(200)]
    page = browser.post("/report", TEXT | {"attached": files}).content.decode()
    assert "at most 3" in page
    assert "He wrote again." in page
    assert len(KEPT.findall(page)) == 3
    assert not Report.objects.exists()


def test_a_file_that_is_too_large_is_left_out_and_the_others_are_kept(
    browser, team, settings, media
):
    settings.CONCORD_REPORT_FILE_BYTES = 100_000
    files = [sent("small.txt", b"x"), sent("<b>large.txt", b"x" * 300_000)]
    page = unescape(browser.post("/report", TEXT | {"attached": files}).content.decode())
    assert "left out: <b>large.txt" in page
    (kept,) = KEPT.findall(page)
    assert len(on_disk(media)) == 1
    browser.post("/report", TEXT | {"kept_files": [kept]})
    assert [content_of(each, team[0])[0] for each in Attachment.objects.all()] == ["small.txt"]


def test_more_than_fits_with_one_report_is_said(browser, team, settings, media):
    settings.CONCORD_REPORT_ALL_BYTES = 150_000
    large = [sent(f"{number}", b"x" * 100_000) for number in range(2)]
    page = browser.post("/report", TEXT | {"attached": large}).content.decode()
    assert "more files than fit" in page
    kept = KEPT.findall(page)
    large[0].seek(0)
    browser.post("/report", TEXT | {"kept_files": kept, "attached": large[:1]})
    assert not Report.objects.exists()


def test_a_full_disk_is_said_kindly_and_leaves_nothing_half_written(
    browser, team, media, monkeypatch
):
    written = []

    def write(self, sealed):
        written.append(sealed)
        if len(written) > 2:
            self.drop()
            raise blobs.DiskIsFull
        return os.write(self._file.fileno(), sealed)

    with monkeypatch.context() as patch:
        patch.setattr(blobs.Blob, "write", write)
        files = [sent("a", b"x" * 300_000)]
        response = browser.post("/report", TEXT | {"attached": files})
    assert response.status_code == 507
    assert "send them without files" in response.content.decode()
    assert "He wrote again." in response.content.decode()
    assert on_disk(media) == []
    assert not Report.objects.exists()
    assert browser.post("/report", TEXT).status_code == 200


def test_a_disk_without_reserve_takes_no_files_but_takes_words(browser, team, media, monkeypatch):
    monkeypatch.setattr(blobs, "RESERVE", 1 << 60)
    assert browser.post("/report", TEXT | {"attached": [sent("a", b"x")]}).status_code == 507
    assert browser.post("/report", TEXT).status_code == 200


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_what_the_disk_says_when_it_is_full_is_understood(media, number):
    assert is_full(OSError(number, "no space"))
    assert not is_full(OSError(errno.EIO, "broken"))
    blob = blobs.Blob("name")

    class Full:
        def write(self, sealed):
            raise OSError(number, "no space")

        def close(self):
            return None

    blob._file.close()
    blob._file = Full()
    with pytest.raises(blobs.DiskIsFull):
        blob.write(b"x")
    assert on_disk(media) == []


def test_a_full_database_loses_no_word_and_stores_no_half_report(browser, team, monkeypatch):
    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(bring_files, "_attach", full)
        response = browser.post("/report", TEXT | {"attached": [sent("a", b"x")]})
    assert response.status_code == 507
    assert "Nothing was stored" in response.content.decode()
    assert "He wrote again." in response.content.decode()
    assert not Report.objects.exists()
    again = {"kept_files": KEPT.findall(response.content.decode())}
    assert browser.post("/report", TEXT | again).status_code == 200
    assert Attachment.objects.count() == 1


def test_killed_in_the_middle_of_a_file_there_is_no_report_and_the_rest_is_swept(team, media, at):
    child = os.fork()
    if child == 0:
        current = uploads._Current("a.txt")
        current.begin()
        current.add(CANARY * 20_000)
        os._exit(9)
    os.waitpid(child, 0)
    (left,) = on_disk(media)
    assert left.suffix == ".part"
    assert lies_plain_in(media) == []
    assert not Report.objects.exists()
    written = left.stat().st_mtime
    forget_uploads(at=at.fromtimestamp(written + 60, tz=at.tzinfo))
    assert on_disk(media) == [left]
    forget_uploads(at=at.fromtimestamp(written + 7_200, tz=at.tzinfo))
    assert on_disk(media) == []


def test_files_sent_to_any_other_page_are_read_past(client, db, media):
    client.post("/report/box", {"code": "x", "attached": sent("a", b"x" * 100_000)})
    assert on_disk(media) == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "name, shown",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\u200bb\0\r\n\tc.txt", "ab c.txt"),
        ("<script>.svg", "<script>.svg"),
        ("é" * 300 + ".jpg", "é" * 116 + ".jpg"),
        ("...", "file"),
        ("\u202e", "file"),
    ],
)
def test_a_name_is_shown_without_what_deceives(name, shown):
    assert clean_file_name(name) == shown


@pytest.mark.parametrize(
    "head, kind",
    [
        (b"\xff\xd8\xff\xe0", "image"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image"),
        (b"%PDF-1.7", "pdf"),
        (b"PK\x03\x04", "archive"),
        (b"\0\0\0\x18ftypmp42", "film"),
        (b"<svg onload=alert(1)>", "other"),
        (b"", "other"),
    ],
)
def test_a_kind_is_told_by_how_a_file_begins(head, kind):
    assert kind_of(head) == kind
