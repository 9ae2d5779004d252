"""Names every setting that is missing or unsafe, and what to do about it. Exit status 1 if there is any."""

from __future__ import annotations

import argparse
import json

from concord.site.commands import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one object instead of lines")
    parser.add_argument("--mail", action="store_true", help="also knock at the mail server")


def run(options: argparse.Namespace) -> int:
    set_up_django()
    from concord.site.checking import findings, mail_server, notes

    found = [*findings(), *(mail_server() if options.mail else ())]
    if options.json:
        told = {"ok": not found, "findings": [each._asdict() for each in found]}
        print(json.dumps(told | {"notes": [each._asdict() for each in notes()]}))
        return 1 if found else 0
    for each in found:
        print(f"{each.setting}: {each.trouble}\n    {each.remedy}")
    for each in notes():
        print(f"note: {each.setting}: {each.trouble}\n    {each.remedy}")
    print(
        f"check: {len(found)} to see to" if found else "check: nothing is missing, nothing unsafe"
    )
    return 1 if found else 0
