"""A lost disk loses no report (PUB-26): everything comes back from one file and two shares on paper."""

from __future__ import annotations

import errno
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from concord.ledger.chain import chain
from concord.ledger.models import Entry
from concord.ledger.record import record
from concord.ledger.verify import verify
from concord.people.models import Organisation
from concord.site import archive
from concord.site.archive import NotABackup
from concord.site.backup import backup
from concord.site.restore import NotEmpty, restore
from concord.site.tests.install import Install, another_install
from concord.vault import environment, files, keys, recovery

NOW = datetime(2026, 3, 1, 12, 30, 15, 123_456, tzinfo=UTC)
REPORT = b"What happened in the second session."
PASSPHRASE = "academic acid acne acquire acrobat activity actress"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shares() -> list[str]:
    return recovery.make(at=NOW)


@pytest.fixture
def file(shares, tmp_path):
    """A backup of an install with a person, a sealed report, media and a chained ledger."""
    holder = uuid4()
    keys.enrol(holder, PASSPHRASE, at=NOW, countersigner=recovery.combine(shares[:2]))
    report = files.open_file(readers=[holder], at=NOW)
    sealed = files.seal(report.id, REPORT, about="report")
    Organisation.objects.create(name="Ωmega ' \u2028 org")
    record("report.received", actor=None, subject=report.id, at=NOW)
    chain()
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_ROOT / "evidence").write_bytes(sealed)
    yield backup(tmp_path / "concord-backup", at=NOW)
    (settings.MEDIA_ROOT / "evidence").unlink()


@pytest.fixture
def empty(tmp_path):
    """A machine on which nothing was ever done."""
    with another_install(tmp_path / "empty") as install:
        yield install


@pytest.fixture
def elsewhere(tables, tmp_path):
    with another_install(tmp_path / "elsewhere", like=tables) as install:
        yield install


def test_everything_comes_back_and_opens_with_the_old_passphrase(file, shares, empty: Install):
    restored = empty.run("restore", str(file), answers="\n".join(shares[1:]))

    assert restored.returncode == 0, restored.stderr
    assert "The ledger's chain holds" in restored.stdout
    assert empty.key_file.read_text() == Path(settings.CONCORD_KEY_FILE).read_text()
    assert (empty.data / "media" / "evidence").exists()
    again = empty.run("backup", str(file.with_name("again")))
    assert again.returncode == 0, again.stderr
    assert rows_of(file.with_name("again")) == rows_of(file)
    assert "in use" in empty.run("restore", str(file)).stderr


def test_without_the_key_file_two_shares_are_needed(file, shares, elsewhere: Install):
    assert "shares of the recovery key are needed" in elsewhere.run("restore", str(file)).stderr
    one = elsewhere.run("restore", str(file), answers=shares[0])
    assert one.returncode == 1
    assert "Two shares of the same key are needed" in one.stderr
    assert not elsewhere.key_file.exists()


def test_with_the_key_file_no_share_is_needed(file, elsewhere: Install):
    environment.write_master(
        elsewhere.key_file, environment.read_master(Path(settings.CONCORD_KEY_FILE))
    )
    assert elsewhere.run("restore", str(file)).returncode == 0


def test_another_key_file_is_refused(file, elsewhere: Install):
    environment.make_key_file(elsewhere.key_file)
    assert "made under another key" in elsewhere.run("restore", str(file)).stderr


def test_nothing_is_restored_over_an_install_in_use(file):
    before = Entry.objects.count()
    with pytest.raises(NotEmpty):
        restore(file, at=NOW)
    assert Entry.objects.count() == before


def test_a_backup_is_never_overwritten(file):
    content = file.read_bytes()
    with pytest.raises(FileExistsError):
        backup(file, at=NOW)
    assert file.read_bytes() == content


def test_a_backup_is_for_its_owner_alone(file):
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_holds_neither_the_key_nor_the_report_in_clear(file):
    with tarfile.open(file) as tar:
        contents = b"".join(content_of(tar, member) for member in tar.getmembers())
    master = Path(settings.CONCORD_KEY_FILE).read_text().strip()
    assert REPORT not in contents
    assert master.encode() not in contents
    assert bytes.fromhex(master) not in contents
    assert PASSPHRASE.encode() not in contents


@pytest.mark.sqlite
def test_a_damaged_backup_is_refused_before_anything_is_touched(file, tmp_path, elsewhere: Install):
    damaged = tmp_path / "damaged"
    damaged.write_bytes(file.read_bytes()[:-2_000])
    answer = elsewhere.run("restore", str(damaged))
    assert "is not a whole backup" in answer.stderr
    assert not elsewhere.key_file.exists()


@pytest.mark.sqlite
def test_what_is_no_backup_is_refused(tmp_path, elsewhere: Install):
    (tmp_path / "letter.txt").write_text("Dear team")
    assert "is not a whole backup" in elsewhere.run("restore", str(tmp_path / "letter.txt")).stderr
    assert "there is no backup at" in elsewhere.run("restore", str(tmp_path / "none")).stderr


def test_a_changed_row_is_seen(file, tmp_path):
    unpacked = tmp_path / "unpacked"
    archive.unpack(file, unpacked)
    member = unpacked / "rows" / "people.organisation.jsonl"
    member.write_text(member.read_text().replace("mega", "micron"))
    with tarfile.open(tmp_path / "forged", "w:gz") as tar:
        for each in unpacked.rglob("*.*"):
            tar.add(each, arcname=each.relative_to(unpacked), recursive=False)
    with pytest.raises(NotABackup, match="is damaged"):
        archive.unpack(tmp_path / "forged", tmp_path / "again")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "rows/../../outside"])
def test_an_archive_cannot_write_outside_its_folder(name, tmp_path):
    with tarfile.open(tmp_path / "hostile", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with pytest.raises(NotABackup):
        archive.unpack(tmp_path / "hostile", tmp_path / "unpacked")
    assert not (tmp_path / "outside").exists()


def test_a_full_disk_leaves_nothing_behind(shares, tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        backup(tmp_path / "there" / "concord-backup", at=NOW)
    assert list((tmp_path / "there").iterdir()) == []


def test_a_failed_restore_leaves_an_install_that_can_still_be_restored_into(
    file, shares, tmp_path, elsewhere: Install
):
    unpacked = tmp_path / "unpacked"
    manifest = archive.unpack(file, unpacked)
    (unpacked / "manifest.json").unlink()
    manifest["rows"]["people.organisation"] += 1
    about = {name: manifest[name] for name in ("key", "migrations", "rows")}
    archive.pack(unpacked, tmp_path / "short", at=NOW, about=about)

    failed = elsewhere.run("restore", str(tmp_path / "short"), answers="\n".join(shares[:2]))
    assert "not every row of people.organisation came back" in failed.stderr
    assert not elsewhere.key_file.exists()
    assert not (elsewhere.data / "media").exists()
    assert elsewhere.run("restore", str(file), answers="\n".join(shares[:2])).returncode == 0


def test_moments_come_back_to_the_microsecond(file):
    assert verify().whole
    assert NOW.isoformat() in rows_of(file)["rows/ledger.entry.jsonl"]


def rows_of(path: Path) -> dict[str, str]:
    """The saved rows; those that a backup or a restore adds itself are left out."""
    with tarfile.open(path) as tar:
        rows = {
            member.name: content_of(tar, member).decode()
            for member in tar.getmembers()
            if member.name.startswith("rows/")
        }
    ours = ('"site.backup"', '"site.restore"')
    entries = rows["rows/ledger.entry.jsonl"].splitlines()
    rows["rows/ledger.entry.jsonl"] = "\n".join(
        line for line in entries if not any(verb in line for verb in ours)
    )
    return rows


def content_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member)
    return content.read() if content else b""
