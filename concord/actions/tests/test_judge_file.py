"""An outsider's own machine finds what was forged in the file they were given, whoever forged it (R-CONCUR-1)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from concord.actions import evidence_file
from concord.actions.audit import audit
from concord.actions.evidence_file import NotEvidence
from concord.actions.export_evidence import export_evidence
from concord.actions.judge_file import KeptHead, head_of, judge_file, pin_of
from concord.concurrence.concur import concur
from concord.ledger.chain import chain, head
from concord.ledger.models import Entry
from concord.ledger.record import record
from concord.vault import keys, recovery
from concord.vault.keyring import Keyring
from concord.vault.signing import enrolment_text
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    """Two people decided something, shared a key's departure, and gave the decision an earlier end."""
    cast = stage()
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return cast


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> Path:
    path = tmp_path / "evidence.jsonl"
    export_evidence(path, at=cast.later(minutes=5))
    return path


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def rewrite(path: Path, told: list[Row]) -> Path:
    """As whoever forges would: the last line fits what they made of the others."""
    lines = [json.dumps(row, separators=(",", ":")) + "\n" for row in told if row["row"] != "end"]
    hashed = hashlib.sha256("".join(lines).encode()).hexdigest()
    end = {"row": "end", "lines": len(lines), "sha256": hashed}
    forged = path.with_name("forged.jsonl")
    forged.write_text("".join(lines) + json.dumps(end) + "\n")
    return forged


def rechain(told: list[Row]) -> list[Row]:
    """As a host would who rewrites the ledger as a whole: every link fits again."""
    position, digest = 0, bytes(32)
    for row in told:
        if row["row"] == "entry":
            position += 1
            body = {name: row[name] for name in ("id", "verb", "actor", "subject", "at", "facts")}
            digest = hashlib.sha256(
                digest + json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
            ).digest()
            row["position"], row["digest"] = position, digest.hex()
    return told


def found(path: Path, **kept: Any) -> set[str]:
    return {finding.what for finding in judge_file(path, **kept).findings}


def test_what_the_house_exports_is_clean_on_somebody_elses_machine(file: Path, cast: Cast) -> None:
    verdict = judge_file(file)
    assert verdict.findings == []
    assert verdict.head == head()
    assert verdict.counts["shut"] == 1
    pins = [fingerprint for _, fingerprint in verdict.pins]
    assert judge_file(file, pins=pins).findings == []
    assert keys.public_keys(cast.luis.id).fingerprint in pins
    assert file.stat().st_mode & 0o077 == 0


def test_the_file_holds_no_name_no_word_and_no_address(file: Path) -> None:
    text = file.read_text()
    for canary in ("Amara", "Luis", "Karim", "Haddad", "gmail", "Hall", "Votes", "@"):
        assert canary not in text


def test_nothing_is_written_over(file: Path, cast: Cast) -> None:
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        export_evidence(file, at=cast.at)
    assert file.read_bytes() == before


def test_it_needs_no_database_no_setting_and_no_key(file: Path, tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "concord.site.cli", "audit", "--offline", str(file)],
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": str(settings.CHECKOUT), "CONCORD_SETTINGS": "/nowhere/at/all",
                    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DJANGO_SETTINGS_MODULE": "none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "audit: clean" in done.stdout
    assert "nothing is pinned" in done.stdout


def test_the_live_audit_and_the_offline_one_say_the_same(file: Path) -> None:
    assert audit(chain=True) == judge_file(file).findings == []


REST_ON_THE_HOSTS_WORD = {
    ("warrant", "author"),  # who wrote a post: only the house knows
}


def other(name: str, value: Any) -> Any:
    """A value of the same kind that says something else."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return value | {"extra": 1}
    if value is None:
        return {"at": "2020-01-01T00:00:00+00:00", "on": "2020-01-01"}.get(
            name.rpartition("_")[2], str(uuid4())
        )
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        pass
    else:
        moved = moment + timedelta(days=1)
        return moved.isoformat() if "T" in value else moved.date().isoformat()
    if len(value) == 36 and value.count("-") == 4:
        return str(uuid4())
    return ("1" if value[:1] != "1" else "2") + value[1:] if value else "ab"


def test_every_field_of_every_row_that_is_changed_is_found(file: Path, cast: Cast) -> None:
    """Each change is made so that the file itself fits, and the chain as well where the ledger is changed."""
    told = rows(file)
    kept = [KeptHead(bytes.fromhex(judge_file(file).head[1]))]
    missed, seen = [], set()
    for index, row in enumerate(told):
        if row["row"] in ("concord evidence", "end"):
            continue
        for name in row.keys() - {"row"}:
            if (row["row"], name) in REST_ON_THE_HOSTS_WORD:
                continue
            if row["row"] == "entry" and (row["verb"], name) in seen:
                continue
            seen.add((row.get("verb"), name))
            changed = [*told[:index], row | {name: other(name, row[name])}, *told[index + 1 :]]
            try:
                if not judge_file(rewrite(file, changed), heads=kept).findings:
                    missed.append((row["row"], name, row[name]))
            except NotEvidence:
                pass
    assert not missed, "\n".join(map(str, missed))


@pytest.mark.parametrize(
    "kind",
    ["recovery", "key", "decision", "execution", "warrant", "agreement", "version", "entry"],
)
def test_a_row_that_was_taken_out_is_found(file: Path, kind: str) -> None:
    told = rows(file)
    index = next(i for i, row in enumerate(told) if row["row"] == kind)
    assert found(rewrite(file, told[:index] + told[index + 1 :]))


def test_taking_out_a_whole_decision_leaves_it_in_the_ledger(file: Path) -> None:
    gone = {"shut", "removal", "gone", "warrant", "execution", "decision", "agreement", "version"}
    told = [row for row in rows(file) if row["row"] not in gone]
    assert found(rewrite(file, told)) == {
        "an effect in the ledger without a warrant",
        "an act in the ledger that is not there",
    }


def test_rows_in_another_order_say_the_same_and_entries_do_not(file: Path) -> None:
    told = rows(file)
    first, last = told[0], told[-1]
    entries = [row for row in told if row["row"] == "entry"]
    others = [row for row in told[1:-1] if row["row"] != "entry"]
    assert not found(rewrite(file, [first, *reversed(others), *entries, last]))
    assert "the ledger's chain is broken" in found(
        rewrite(file, [first, *others, *reversed(entries), last])
    )


def test_a_row_that_stands_twice_is_refused(file: Path) -> None:
    told = rows(file)
    shut = next(row for row in told if row["row"] == "shut")
    with pytest.raises(NotEvidence, match="stands there twice"):
        judge_file(rewrite(file, [told[0], shut, *told[1:]]))


def test_a_file_that_was_cut_or_added_to_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    for part in (b"", lines[0], b"".join(lines[:-1]), whole[:-20], whole[: len(whole) // 2]):
        cut.write_bytes(part)
        with pytest.raises(NotEvidence):
            judge_file(cut)
    cut.write_bytes(whole + lines[3])
    with pytest.raises(NotEvidence, match="after the last line"):
        judge_file(cut)
    cut.write_bytes(b"".join([*lines[:5], *lines[6:]]))
    with pytest.raises(NotEvidence, match="does not fit"):
        judge_file(cut)


def signature_by(stranger: Keyring, told: list[Row], kind: str, prefix: bytes) -> None:
    row = next(row for row in told if row["row"] == kind)
    digest = next(row for row in told if row["row"] == "version")["digest"]
    row["signature"] = stranger.sign(prefix + digest.encode()).hex()


def test_a_forged_signature_is_found(file: Path) -> None:
    told = rows(file)
    signature_by(Keyring.new(uuid4()), told, "agreement", b"concord: I agree to this version\n")
    assert found(rewrite(file, told)) == {"a signature that does not hold"}


def replace_key(told: list[Row], holder: str, new: Keyring) -> str:
    """Put somebody else's public key in place of a person's, in the rows and, as a host could, in the ledger."""
    key = next(row for row in told if row["row"] == "key" and row["holder"] == holder)
    old = keys_fingerprint(key)
    key["signing_public"] = new.signing_public.hex()
    for row in told:
        if row["row"] == "entry" and row["facts"].get("fingerprint") == old:
            row["facts"]["fingerprint"] = keys_fingerprint(key)
    return old


def keys_fingerprint(row: Row) -> str:
    digest = hashlib.sha256(
        bytes.fromhex(row["reading_public"]) + bytes.fromhex(row["signing_public"])
    ).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, 32, 4))


def test_a_replaced_public_key_is_found(file: Path, cast: Cast) -> None:
    told = rows(file)
    stranger = Keyring.new(cast.luis.id)
    replace_key(told, str(cast.luis.id), stranger)
    signature_by(stranger, told, "agreement", b"concord: I agree to this version\n")
    assert "a key whose countersignature does not hold" in found(rewrite(file, rechain(told)))


def forge_everything(told: list[Row], cast: Cast) -> tuple[list[Row], set[str]]:
    """A host who holds no real key makes a whole team anew: recovery key, keys, signatures, ledger."""
    secret = recovery.RecoverySecret(os.urandom(16))
    forged: dict[str, Keyring] = {}
    names: dict[str, str] = {}
    olds = {keys_fingerprint(row) for row in told if row["row"] in ("recovery", "key")}
    for row in told:
        if row["row"] == "recovery":
            names[row["id"]] = str(secret.holder)
            row["reading_public"] = secret.reading_public.hex()
            row["signing_public"] = secret.signing_public.hex()
            row["id"] = str(secret.holder)
    for row in [row for row in told if row["row"] == "key"]:
        was = keys_fingerprint(row)
        mine = forged.setdefault(row["holder"], Keyring.new(uuid4()))
        row["reading_public"] = mine.reading_public.hex()
        row["signing_public"] = mine.signing_public.hex() if row["signing_public"] else ""
        names[was], row["id"] = keys_fingerprint(row), str(mine.key_id)
    for row in [row for row in told if row["row"] == "key"]:
        row["countersigner"] = names.get(row["countersigner"], row["countersigner"])
        voucher = forged.get(row["countersigner"], secret)
        holder = bytes.fromhex(row["holder"].replace("-", ""))
        text = enrolment_text(
            holder, bytes.fromhex(row["reading_public"]), bytes.fromhex(row["signing_public"])
        )
        row["countersignature"] = voucher.sign(text).hex()
    for row in [row for row in told if row["row"] == "entry"]:
        for name in ("actor", "subject"):
            row[name] = names.get(row[name], row[name])
        if row["facts"].get("fingerprint") in names:
            row["facts"]["fingerprint"] = names[row["facts"]["fingerprint"]]
    version = next(row for row in told if row["row"] == "version")
    agreement = next(row for row in told if row["row"] == "agreement")
    digest = version["digest"].encode()
    version["signature"] = (
        forged[version["proposer"]].sign(b"concord: I propose this version\n" + digest).hex()
    )
    agreement["signature"] = (
        forged[agreement["person"]].sign(b"concord: I agree to this version\n" + digest).hex()
    )
    return rechain(told), olds


def test_a_house_that_was_forged_as_a_whole_shows_against_pins_and_against_a_kept_head(
    file: Path, cast: Cast
) -> None:
    """What nothing in the file can show: only what the outsider kept does. The page for auditors says so."""
    kept = KeptHead(bytes.fromhex(judge_file(file).head[1]))
    told, pins = forge_everything(rows(file), cast)
    forged = rewrite(file, told)
    assert found(forged) == set()
    assert "a pinned key is not there" in found(forged, pins=pins)
    assert found(forged, heads=[kept]) == {
        "a head that was kept is not in this ledger: its past was rewritten"
    }


def test_an_earlier_head_is_found_in_a_longer_ledger_and_a_rewritten_past_is_not(
    file: Path, cast: Cast, tmp_path: Path
) -> None:
    number, digest = judge_file(file).head
    yesterday = KeptHead(bytes.fromhex(digest), number)
    later = tmp_path / "later.jsonl"
    export_evidence(later, at=cast.later(hours=1))
    assert found(later, heads=[yesterday]) == set()
    assert found(later, heads=[KeptHead(yesterday.digest, number + 1)])
    told = rows(later)
    harmless = next(
        row for row in told if row["row"] == "entry" and row["verb"] == "people.plan_shift"
    )
    harmless["actor"] = str(uuid4())
    rewritten = rewrite(later, rechain(told))
    assert found(rewritten) == set()
    assert found(rewritten, heads=[yesterday])


def test_what_is_dated_before_a_head_that_was_kept_is_found(cast: Cast, tmp_path: Path) -> None:
    """Whoever writes today what they say happened last week cannot put it before the head of last week."""
    chain()
    number, digest = head()
    day = (cast.at - timedelta(days=0)).astimezone(UTC).date()
    record("tests.ordinary", actor=None, subject=None, at=cast.later(days=2))
    record("tests.backdated", actor=None, subject=None, at=cast.later(days=-5))
    path = tmp_path / "evidence.jsonl"
    export_evidence(path, at=cast.later(days=2))
    assert found(path) == set()
    assert found(path, heads=[KeptHead(bytes.fromhex(digest), number, day)]) == {
        "an entry that says it is older than a head that was kept before it"
    }
    assert (
        judge_file(path, heads=[KeptHead(bytes.fromhex(digest), number, day)]).findings[0].row
        == f"entry {Entry.objects.get(verb='tests.backdated').id}"
    )


def test_a_ledger_whose_beginning_is_gone_too_soon_is_found(file: Path) -> None:
    told = rows(file)
    entries = [row for row in told if row["row"] == "entry"]
    others = [row for row in told if row["row"] != "entry"]
    anchor = {"row": "anchor", "id": 1, "position": 3, "digest": entries[2]["digest"]}
    assert "a ledger whose beginning is gone too soon" in found(
        rewrite(file, [*others[:-1], anchor, *entries[3:], others[-1]])
    )


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "not evidence": lambda whole: b"\x00\xff\xfe" * 1_000,
    "another JSON": lambda whole: b'{"row":"something"}\n',
    "a later format": lambda whole: whole.replace(b'"format":1', b'"format":2', 1),
    "deep": lambda whole: whole.splitlines(keepends=True)[0] + b"[" * 150_000 + b"\n",
    "one endless line": lambda whole: whole.splitlines(keepends=True)[0] + b"x" * 400_000,
    "a huge number": lambda whole: whole.splitlines(keepends=True)[0] + b'{"row":"gone","id":' + b"9" * 9_000 + b"}\n",
    "a kind that is not known": lambda whole: whole.splitlines(keepends=True)[0] + b'{"row":"pickle"}\n',
    "a kind that is a list": lambda whole: whole.splitlines(keepends=True)[0] + b'{"row":[]}\n',
    "a list": lambda whole: whole.splitlines(keepends=True)[0] + b"[]\n",
    "a name twice": lambda whole: whole.splitlines(keepends=True)[0] + b'{"row":"gone","row":"shut"}\n',
    "a field too many": lambda whole: whole.splitlines(keepends=True)[0] + b'{"row":"gone","id":"x","more":1}\n',
    "a lone surrogate": lambda whole: whole.replace(b'"manifest":"', b'"manifest":"\\ud800', 1),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words(file: Path, tmp_path: Path, what: str) -> None:
    hostile = tmp_path / "hostile.jsonl"
    hostile.write_bytes(HOSTILE[what](file.read_bytes()))
    with pytest.raises(NotEvidence):
        judge_file(hostile)


def test_more_rows_than_can_be_judged_are_refused(file: Path, monkeypatch) -> None:
    monkeypatch.setitem(evidence_file.MOST_KEYS, "key", 2)
    with pytest.raises(NotEvidence, match="more rows of key"):
        judge_file(file)


@pytest.mark.parametrize("typed", ["", "12", "zzzz " * 8, "0" * 31])
def test_a_fingerprint_that_is_none_is_not_understood(typed: str) -> None:
    with pytest.raises(ValueError, match="eight groups"):
        pin_of(typed)


def test_pins_and_heads_are_read_as_people_type_them() -> None:
    digest = "ab" * 32
    assert pin_of("ABCD" * 8) == " ".join(["abcd"] * 8)
    assert head_of(digest) == KeptHead(bytes.fromhex(digest))
    assert head_of(f" 2026-11-25  12 {digest.upper()}\n") == KeptHead(
        bytes.fromhex(digest), 12, datetime(2026, 11, 25, tzinfo=UTC).date()
    )
    for wrong in ("", "12", f"2026-13-01 1 {digest}", f"{digest}ab"):
        with pytest.raises(ValueError, match=r"head|month|day"):
            head_of(wrong)
