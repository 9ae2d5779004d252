"""A copy without what a file says besides its contents; whatever a file does, we only ever say "not cleaned"."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile

import pytest

from concord.ledger.models import Entry
from concord.reports import blobs
from concord.reports import clean_file as cleaning
from concord.reports.clean_file import BusyCleaning, NoSpaceForCopy, clean_file, read_copy
from concord.reports.forget_uploads import forget_uploads
from concord.reports.models import Attachment, Report
from concord.reports.open_file import NotCleaned, open_copy, open_original
from concord.reports.receive_report import receive_report
from concord.reports.tests.files import (
    CANARY,
    brought,
    document,
    lies_plain_in,
    photograph,
    png_that_claims,
)
from concord.reports.told import Told
from concord.vault.errors import NoGrant


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def report(amara, luis, kofi, at) -> Report:
    return receive_report(Told(text="With a picture."), nonce=b"n" * 16, at=at).report


def copy_of(attachment: Attachment, member, at) -> bytes:
    opened = open_copy(attachment, keyring=member.keyring, at=at)
    content = b"".join(opened.pieces)
    assert len(content) == opened.size
    return content


@pytest.mark.clauses("K-PRIV-1")
@pytest.mark.parametrize("content, sign", [(photograph(), b"\xff\xd8\xff"), (document(), b"%PDF")])
def test_a_copy_says_nothing_of_who_made_it_and_the_original_is_kept(
    report, amara, at, media, content, sign
):
    assert CANARY in content
    file = clean_file(brought(report, content, at), keyring=amara.keyring, at=at)
    copy = copy_of(file, amara, at)
    assert copy.startswith(sign)
    assert CANARY not in copy
    original = open_original(file, keyring=amara.keyring, at=at)
    assert b"".join(original.pieces) == content
    assert lies_plain_in(media) == []


def test_a_picture_that_is_see_through_stays_so(report, amara, at):
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGBA", (9, 7), (1, 2, 3, 4)).save(drawn, "PNG")
    file = clean_file(brought(report, drawn.getvalue(), at), keyring=amara.keyring, at=at)
    with Image.open(io.BytesIO(copy_of(file, amara, at))) as copy:
        assert (copy.size, copy.mode, copy.getpixel((0, 0))) == ((9, 7), "RGBA", (1, 2, 3, 4))


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 20_000_000)
    return packed.getvalue()


HOSTILE = {
    "huge picture": png_that_claims(50_000, 50_000),
    "large picture cut short": png_that_claims(7_000, 7_000)[:4_000],
    "script in a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "picture that is a page": b"GIF89a/*<html><script>alert(1)</script>*/=1;",
    "document that is nothing": b"%PDF-1.7\n" + b"\x00\xff" * 5_000,
    "document in circles": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF",
    "zip bomb": zip_bomb(),
    "half a picture": photograph(2_000, 2_000)[:500],
    "nothing": b"",
    "noise": os.urandom(10_000),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_not_cleaned_and_nothing_breaks(report, amara, at, media, content):
    file = clean_file(brought(report, content, at, "<b>.svg"), keyring=amara.keyring, at=at)
    assert file.copy == Attachment.Copy.NONE
    assert len(list(media.rglob("*.*"))) == 0  # nothing unfinished
    with pytest.raises(NotCleaned):
        open_copy(file, keyring=amara.keyring, at=at)
    assert b"".join(open_original(file, keyring=amara.keyring, at=at).pieces) == content


CHILDREN = {
    "hangs": "import time; time.sleep(600)",
    "never stops computing": "while True: pass",
    "floods": "import sys\nwhile True: sys.stdout.buffer.write(b'\\xff\\xd8\\xff' * 100_000)",
    "dies": "import os; os.kill(os.getpid(), 11)",
    "reads nothing": "pass",
    "writes, then fails": "import sys; print('%PDF-', flush=True); sys.exit(3)",
    "gives something else": "print('<script>alert(1)</script>')",
}


@pytest.mark.parametrize("program", CHILDREN.values(), ids=CHILDREN.keys())
def test_whatever_the_child_does_is_bounded(
    report, amara, at, media, program, tmp_path, monkeypatch
):
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(cleaning, "CHILD", child)
    monkeypatch.setattr(cleaning, "SECONDS", 1)
    monkeypatch.setattr(cleaning, "LARGEST", 1_000_000)
    content = photograph() + b"\0" * 1_000_000
    file = clean_file(brought(report, content, at), keyring=amara.keyring, at=at)
    assert file.copy == Attachment.Copy.NONE
    assert len(list(media.rglob("*.*"))) == 0


def test_the_child_knows_nothing_and_may_write_nothing(report, amara, at, tmp_path, monkeypatch):
    """It gets no environment and no open file of ours; its limits hold before it reads a byte."""
    monkeypatch.setenv("CONCORD_MAIL_PASSWORD", CANARY.decode())
    told = tmp_path / "told"
    child = tmp_path / "child.py"
    child.write_text(
        "import os, sys\n"
        f"open({str(told)!r}, 'w').write(repr((sorted(os.environ), len(os.listdir('/proc/self/fd')))))"
    )
    monkeypatch.setattr(cleaning, "CHILD", child)
    clean_file(brought(report, photograph(), at), keyring=amara.keyring, at=at)
    names, open_files = eval(told.read_text())
    assert set(names) <= {"LANG", "LC_CTYPE"}
    assert open_files <= 5


@pytest.mark.parametrize(
    "attempt, failure",
    [
        ("open('/tmp/written', 'wb', 0).write(b'x')", "OSError"),
        ("bytearray(2_000_000_000)", "MemoryError"),
    ],
)
def test_the_limits_hold(attempt, failure):
    from concord.reports import cleaning_child

    program = (
        f"import runpy; child = runpy.run_path({cleaning_child.__file__!r})\n"
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "for limit, value in child['LIMITS']: resource.setrlimit(limit, (value, value))\n"
        f"try: {attempt}\n"
        "except (OSError, MemoryError) as why: print(type(why).__name__)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.strip() == failure


def test_a_copy_is_made_once_and_swept_with_its_report(report, amara, luis, at, media):
    file = brought(report, photograph(), at)
    first = clean_file(file, keyring=amara.keyring, at=at)
    second = clean_file(file, keyring=luis.keyring, at=at)
    assert first.copy_blob == second.copy_blob
    assert read_copy(second, keyring=luis.keyring)
    assert Entry.objects.filter(verb="reports.clean_file").count() == 1
    blob = blobs.path_of(second.copy_blob)
    long_ago = at.timestamp() - 86_400
    for path in (blob, blobs.path_of(file.blob)):
        os.utime(path, (long_ago, long_ago))
    forget_uploads(at=at)
    assert blob.exists()
    report.delete()
    forget_uploads(at=at)
    assert not blob.exists()


def test_each_opening_is_an_entry_without_the_name(report, amara, at):
    file = clean_file(
        brought(report, photograph(), at, CANARY.decode()), keyring=amara.keyring, at=at
    )
    open_copy(file, keyring=amara.keyring, at=at)
    open_original(file, keyring=amara.keyring, at=at)
    opened = Entry.objects.filter(verb="reports.open_file", actor=amara.id, subject=report.id)
    assert [entry.facts["which"] for entry in opened.order_by("id")] == ["copy", "original"]
    assert CANARY.decode() not in str(list(Entry.objects.values()))


@pytest.mark.clauses("I-STAFF-1", "K-CONF-1")
def test_without_a_grant_nothing_opens(report, kofi, at):
    file = brought(report, photograph(), at)
    for verb in (clean_file, open_original, open_copy):
        with pytest.raises(NoGrant):
            verb(file, keyring=kofi.keyring, at=at)


def test_one_is_cleaned_at_a_time(report, amara, at, monkeypatch):
    monkeypatch.setattr(cleaning, "SECONDS", 0.01)
    file = brought(report, photograph(), at)
    with cleaning.AT_ONCE, pytest.raises(BusyCleaning):
        clean_file(file, keyring=amara.keyring, at=at)
    file.refresh_from_db()
    assert file.copy == Attachment.Copy.NOT_YET


def test_a_full_disk_leaves_it_for_later(report, amara, at, monkeypatch):
    file = brought(report, photograph(), at)
    with monkeypatch.context() as patch:
        patch.setattr(blobs, "RESERVE", 1 << 60)
        with pytest.raises(NoSpaceForCopy):
            clean_file(file, keyring=amara.keyring, at=at)
    assert clean_file(file, keyring=amara.keyring, at=at).copy == Attachment.Copy.MADE


def test_the_parsers_of_files_are_not_loaded_here():
    loaded = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'concord.site.testing'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "for conf in ('concord.site.urls_public', 'concord.site.urls_desk'):\n"
        "    get_resolver(conf).url_patterns\n"
        "import sys; print([name for name in ('PIL', 'pypdf') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr
