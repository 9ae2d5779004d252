"""Verifies, without reading any content, that every effect had two people or a decision in force.

Signatures, warrants, enrolments and the ledger's chain are checked; exit status 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, is_dataclass

from concord.site.commands import part, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object instead of lines")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    findings = part("concord.actions.audit", "audit")()
    if options.json:
        print(json.dumps({"ok": not findings, "findings": [_plain(each) for each in findings]}))
    else:
        for finding in findings:
            print(finding)
        print("audit: NOT CLEAN" if findings else "audit: clean")
    return 1 if findings else 0


def _plain(finding: object) -> object:
    if is_dataclass(finding) and not isinstance(finding, type):
        return {name: str(value) for name, value in asdict(finding).items()}
    return str(finding)
