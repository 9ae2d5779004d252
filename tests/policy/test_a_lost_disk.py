"""PUB-26: the disk is lost in the middle of a case. One file and two shares on paper bring all of it back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.ledger.chain import chain
from concord.site.backup import backup
from concord.site.tests.install import Install, another_install
from concord.vault import files
from tests import cast as people

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = b"Sara asks that nobody calls her hotel."
READ_THE_NOTE = """
import sys, uuid, django
django.setup()
from concord.vault import files, keys
holder, passphrase, file, sealed = sys.argv[1:]
keyring = keys.unlock(uuid.UUID(holder), passphrase)
note = files.unseal(uuid.UUID(file), bytes.fromhex(sealed), about="note", keyring=keyring)
sys.stdout.buffer.write(bytes(note))
"""


@pytest.fixture
def elsewhere(tmp_path):
    with another_install(tmp_path / "elsewhere") as install:
        yield install


def test_a_lost_disk_loses_no_case_and_no_decision(tmp_path, elsewhere: Install):
    cast = people.stage()
    case = people.case_about_karim(cast)
    sealed = files.seal(case.file, NOTE, about="note")
    decided(cast, case)
    chain()
    saved = backup(tmp_path / "concord-backup", at=cast.at)

    restored = elsewhere.run("restore", str(saved), answers="\n".join(cast.shares[1:]))
    assert restored.returncode == 0, restored.stderr

    arguments = (str(cast.amara.id), people.PASSPHRASES["amara"], str(case.file), sealed.hex())
    assert in_(elsewhere, READ_THE_NOTE, *arguments) == NOTE
    audited = elsewhere.run("audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert "trigger" not in elsewhere.run("check").stdout


def decided(cast: people.Cast, case: people.Case) -> None:
    """Luis agrees, Amara acts: Karim is out of the hall, and his post is gone."""
    proposal = people.proposed(cast, case)
    version = people.opened(proposal.version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    execute(proposal, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def in_(install: Install, program: str, *arguments: str) -> bytes:
    """What a program of that install answers."""
    answer = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=install.environment,
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr.decode()
    return answer.stdout
