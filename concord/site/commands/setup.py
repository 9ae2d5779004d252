"""Prepares an install: key file, data folder, tables, static files, recovery key. Safe to run again.

Prints the shares of the recovery key once: write each on paper and give them to different people.
Refuses to finish without CONCORD_POLICY_ADDRESS and CONCORD_REPORT_ADDRESS, the policy's two contacts.
"""

from __future__ import annotations

import argparse
import sys

from concord.site.commands import CannotGoOn, set_up_django
from concord.site.commands.migrate import bring_up_to_date


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--shares", type=int, default=3, help="shares of the recovery key; default: 3"
    )
    parser.add_argument("--threshold", type=int, default=2, help="shares that open it; default: 2")


def run(options: argparse.Namespace) -> int:
    if not 2 <= options.threshold < options.shares:
        raise CannotGoOn("the threshold is at least 2 and smaller than the number of shares")
    set_up_django()
    _make_key_file()
    bring_up_to_date()
    print("The tables and the static files are up to date.")
    _make_recovery_key(options.shares, options.threshold)
    _refuse_to_finish_without_addresses()
    print("Set up. `concord check` names what is left to see to.")
    return 0


def _make_key_file() -> None:
    from django.conf import settings

    from concord.vault.environment import make_key_file

    path = settings.CONCORD_KEY_FILE
    if path.exists():
        print(f"The key file is there: {path}")
        return
    if settings.CONCORD_DATA in path.resolve().parents:
        raise CannotGoOn(f"CONCORD_KEY_FILE lies inside the data folder: {path}; move it elsewhere")
    make_key_file(path)
    print(f"Made the key file {path}. Keep it apart from the data and from every backup.")


def _make_recovery_key(shares: int, threshold: int) -> None:
    from django.utils import timezone

    from concord.vault import recovery
    from concord.vault.errors import RecoveryKeyAlreadyThere

    try:
        made = recovery.make(shares=shares, threshold=threshold, at=timezone.now())
    except RecoveryKeyAlreadyThere:
        print("The recovery key is there.")
        return
    print(
        f"\nThe recovery key, in {shares} shares. Any {threshold} together open every report, so give each\n"
        "to a different person, on paper. They are shown this once and kept nowhere.\n"
    )
    for number, share in enumerate(made, 1):
        print(f"  share {number}: {share}\n")
    if sys.stdin.isatty():
        _rehearse(made, threshold)


def _rehearse(made: list[str], threshold: int) -> None:
    """Let the shares be typed back once, so that a slip of the pen shows today and not after a loss."""
    from concord.vault import recovery
    from concord.vault.errors import SharesDoNotFit

    expected = recovery.combine(made[:threshold]).key_id
    print(f"Type {threshold} of them from the paper, to see that they can be read:")
    while True:
        try:
            typed = [
                input(f"  share ({turn} of {threshold}): ") for turn in range(1, threshold + 1)
            ]
            if recovery.combine(typed).key_id == expected:
                print("They open the recovery key.")
                return
        except SharesDoNotFit as refused:
            print(f"  {refused.words}")


def _refuse_to_finish_without_addresses() -> None:
    from concord.site.checking import addresses

    missing = list(addresses())
    if missing:
        raise CannotGoOn(
            "set-up is not finished: "
            + "; ".join(f"{each.setting}: {each.trouble}" for each in missing)
            + ". Set them and run `concord setup` again."
        )
