"""Shares of the recovery key at a terminal: asked for, shown once, rehearsed."""

from __future__ import annotations

import sys

from concord.site import terminal
from concord.vault import recovery
from concord.vault.errors import SharesDoNotFit
from concord.vault.keys import RecoverySecret


def ask_for_shares(why: str) -> RecoverySecret:
    """The recovery key in force, from shares typed, or read one a line. Raises SharesDoNotFit, NoRecoveryKey."""
    count = recovery.threshold()
    if not terminal.is_there():
        return _fitting([line for line in map(str.strip, sys.stdin) if line])
    print(f"{why} Let {count} holders type their shares.")
    while True:
        try:
            return _fitting([input(f"  share {number}: ") for number in range(1, count + 1)])
        except SharesDoNotFit as refused:
            print(f"  {refused.words}", file=sys.stderr)


def show_shares(shares: list[str]) -> None:
    """Print the shares of the recovery key, this once."""
    print(
        f"\nThe recovery key, in {len(shares)} shares. Any {recovery.threshold()} together open every report, so give\n"
        "each to a different person, on paper. They are shown this once and kept nowhere. Shares of an\n"
        "earlier key open only the backups that were made under it.\n"
    )
    for number, share in enumerate(shares, 1):
        print(f"  share {number}: {share}\n")


def rehearse_shares() -> None:
    """Let the shares be typed back once, so that a slip of the pen shows today and not after a loss."""
    ask_for_shares("Now from the paper, to see that they can be read.")
    print("They open the recovery key.")


def _fitting(shares: list[str]) -> RecoverySecret:
    secret = recovery.combine(shares)
    recovery.in_force(secret)
    return secret
