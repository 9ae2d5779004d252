"""A lost disk loses no report (PUB-26): one file and two shares bring every case back, and decisions hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from concord.concurrence.concur import concur
from concord.concurrence.models import Decision
from concord.ledger.chain import chain
from concord.reports.models import Report
from concord.site.backup import backup
from concord.site.tests.install import Install, another_install
from concord.vault import files
from tests.browsing import Browser
from tests.cast import PASSPHRASES, Cast, case_about_karim, opened, proposed, stage

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "Sara asks that nobody calls her hotel."
ON_THE_NEW_MACHINE = """
import json, sys
import django
django.setup()
from django.utils import timezone
from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.actions.triggers import missing
from concord.cases.read_case import read_case
from concord.concurrence.models import Decision, Warrant
from concord.convenings.models import Registration
from concord.ledger.verify import verify
from concord.outbox.worker import run_due
from concord.people.models import StaffMember
from concord.people.signals import signed_in
from concord.reports.models import Report
from concord.reports.read_report import read_report
from concord.spaces.models import Room
from concord.vault import files, keys
from tests.cast import login_by_mailbox

at = timezone.now()
asked = json.loads(sys.stdin.read())
amara, luis, ravi = (StaffMember.objects.get(working_name=name) for name in ("Amara", "Luis", "Ravi"))
keyring, luiss, ravis = (
    keys.unlock(one.person_id, words)
    for one, words in zip((amara, luis, ravi), asked["passphrases"], strict=True)
)
case = Decision.objects.get().case
hall = Room.objects.get(id=asked["hall"])
again = login_by_mailbox("k.arimhaddad@googlemail.com")
signed_in.send(sender=None, login=again, at=at)
unverified = Warrant.objects.filter(verified_at__isnull=True).count()
run_due(at=at)
print(json.dumps({
    "report": read_report(Report.objects.get(), keyring=keyring, at=at).text,
    "evidence": [copy["text"] for copy in
                 read_case(case, by=amara, keyring=keyring, at=at).evidence],
    "to luis": [copy["text"] for copy in
                read_case(case, by=luis, keyring=luiss, at=at).evidence],
    "to ravi": files.may_open(case.file, ravis.holder),
    "karim": is_admitted(Registration.objects.get(id=asked["karim"]).person_id, hall.places, at=at),
    "tomas": is_admitted(Registration.objects.get(id=asked["tomas"]).person_id, hall.places, at=at),
    "again": is_admitted(again.person_id, hall.places, at=at),
    "unverified": unverified,
    "verified": not Warrant.objects.filter(verified_at__isnull=True).exists(),
    "note": bytes(files.unseal(case.file, bytes.fromhex(asked["note"]), about="note",
                               keyring=keyring)).decode(),
    "audit": [finding.what for finding in audit()],
    "ledger": verify().whole,
    "rules taken away": missing(),
}))
"""


@pytest.fixture
def elsewhere(tables: Install, tmp_path: Path) -> Iterator[Install]:
    with another_install(tmp_path / "elsewhere", like=tables) as install:
        yield install


@pytest.mark.clauses("I-REVIEW-1", "K-CONF-1", "A-REVOKE-1")
def test_on_a_new_machine_reports_open_for_their_people_and_decisions_hold(
    elsewhere: Install, tmp_path: Path
) -> None:
    cast = stage()
    Browser().open("/report").press("Send", text="He wrote to me at night.")
    case = case_about_karim(cast)
    note = files.seal(case.file, NOTE.encode(), about="note")
    version = opened(proposed(cast, case).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    chain()
    saved = backup(tmp_path / "saved", at=cast.at)

    refused = elsewhere.run("restore", str(saved), answers=cast.shares[0])
    assert "Two shares" in refused.stderr
    restored = elsewhere.run("restore", str(saved), answers="\n".join(cast.shares[1:]))
    assert restored.returncode == 0, restored.stderr

    there = look(elsewhere, cast, note)
    assert there["report"] == "He wrote to me at night."
    assert there["note"] == NOTE
    assert (
        there["evidence"]
        == there["to luis"]
        == ["Sara, go and hurt yourself, nobody wants you here"]
    )
    assert not there["to ravi"], "he is close to Karim, there as here"
    assert (there["karim"], there["again"], there["tomas"]) == (False, False, True)
    assert there["unverified"] >= 2
    assert there["verified"]
    assert there["audit"] == there["rules taken away"] == []
    assert there["ledger"]
    assert (Report.objects.count(), Decision.objects.count()) == (1, 1)


def look(install: Install, cast: Cast, note: bytes) -> dict[str, Any]:
    """What Amara, Luis and Ravi find there, who bring nothing but their passphrases."""
    asked = {
        "passphrases": [PASSPHRASES[name] for name in ("amara", "luis", "ravi")],
        "hall": str(cast.hall.id),
        "note": note.hex(),
        "karim": str(cast.karim.id),
        "tomas": str(cast.tomas.id),
    }
    run = subprocess.run(
        [sys.executable, "-c", ON_THE_NEW_MACHINE],
        env=install.environment,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer
