"""Verifies, without reading any content, that every effect had two people or a decision in force.

  concord audit                          this install: signatures, warrants, keys, and the ledger's chain
  concord audit --export FILE            write what somebody outside needs to verify it: no contents, no names
  concord audit --offline FILE           verify such a file; needs no database, no setting, no key
      --pin FINGERPRINT                  a key that you compared with its holder; only what pins lead to counts
      --head "DAY NUMBER DIGEST"         a head of the ledger that you kept; a rewritten past is named

Exit status 1 if anything is amiss. See docs/running/auditing.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from concord.site.commands import CannotGoOn, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object instead of lines")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--export", type=Path, metavar="FILE", help="write the evidence into a file")
    what.add_argument("--offline", type=Path, metavar="FILE", help="verify such a file")
    parser.add_argument(
        "--pin", action="append", default=[], metavar="FINGERPRINT", help="with --offline"
    )
    parser.add_argument(
        "--head", action="append", default=[], metavar="HEAD", help="with --offline"
    )


def run(options: argparse.Namespace) -> int:
    if options.offline is not None:
        return _judge(options)
    if options.pin or options.head:
        raise CannotGoOn("--pin and --head go with --offline")
    set_up_install()
    if options.export is not None:
        return _export(options)
    from concord.actions.audit import audit
    from concord.actions.shells import shells_opened

    findings, opened = audit(chain=True), shells_opened()
    if options.json:
        found = {"ok": not findings, "findings": [asdict(each) for each in findings]}
        print(json.dumps(found | {"shells": [each.isoformat() for each in opened]}))
    else:
        _tell_shells(len(opened), opened[-1] if opened else None)
        _tell(findings)
    return 1 if findings else 0


def _export(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from concord.actions.export_evidence import export_evidence

    lines = export_evidence(options.export, at=timezone.now())
    if options.json:
        print(json.dumps({"file": str(options.export), "lines": lines}))
    else:
        print(
            f"Wrote {lines} lines to {options.export}. It holds no contents and no names, and yet who"
        )
        print(
            "did what, when, by opaque ids: hand it over as you would hand over a list of incidents."
        )
    return 0


def _judge(options: argparse.Namespace) -> int:
    from concord.actions.evidence_file import NotEvidence
    from concord.actions.judge_file import head_of, judge_file, pin_of

    pins, heads = _read(pin_of, options.pin), _read(head_of, options.head)
    try:
        verdict = judge_file(options.offline, pins=pins, heads=heads)
    except NotEvidence as error:
        raise CannotGoOn(f"{options.offline} cannot be judged: {error}") from error
    if options.json:
        print(json.dumps({"ok": not verdict.findings} | _plain(verdict)))
        return 1 if verdict.findings else 0
    number, digest = verdict.head
    for kind, fingerprint in verdict.pins:
        pinned = " (pinned)" if fingerprint in pins else ""
        print(f"{'recovery key' if kind == 'recovery' else 'key'}: {fingerprint}{pinned}")
    print(f"head: {number} {digest}")
    counted = ("execution", "shut", "limit", "removal", "decision", "agreement", "entry")
    print("rows: " + ", ".join(f"{verdict.counts[each]} {each}" for each in counted))
    print(
        f"written: {verdict.made_at:%Y-%m-%d %H:%M} UTC; entries not chained yet: {verdict.unchained}"
    )
    if verdict.ledger_from:
        print(
            f"note: what is older than {verdict.ledger_from:%Y-%m-%d} is not held against the ledger"
        )
    _tell_shells(verdict.shells, verdict.last_shell_at)
    if not pins:
        print("note: nothing is pinned; whose the keys are rests on these fingerprints alone")
    if not heads:
        print(
            "note: no earlier head was given; a past that was rewritten as a whole would not show"
        )
    _tell(verdict.findings)
    if verdict.more:
        print("audit: there is more than is shown here")
    return 1 if verdict.findings else 0


def _tell_shells(opened: int, last: datetime | None) -> None:
    """No finding, for the rules hold in a shell as well; yet whoever audits can ask what it was for."""
    if last is not None:
        print(
            f"note: a shell was opened on the server {opened} times, last on {last:%Y-%m-%d %H:%M} UTC"
        )


def _tell(findings: Iterable[Any]) -> None:
    findings = list(findings)
    for finding in findings:
        print(f"{finding.what}: {finding.row}")
    print("audit: NOT CLEAN" if findings else "audit: clean")


def _read(understand: Callable[[str], Any], given: Iterable[str]) -> list[Any]:
    try:
        return [understand(each) for each in given]
    except ValueError as error:
        raise CannotGoOn(str(error)) from error


def _plain(verdict: Any) -> dict[str, Any]:
    told = asdict(verdict)
    told["made_at"] = verdict.made_at.isoformat()
    told["last_shell_at"] = verdict.last_shell_at.isoformat() if verdict.last_shell_at else None
    told["ledger_from"] = verdict.ledger_from.isoformat() if verdict.ledger_from else None
    return told
