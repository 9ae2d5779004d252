"""The command line, `concord`: one small module for each command, imported only when it is asked for."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence
from importlib import import_module

from django.db import DatabaseError
from django.utils import timezone

from concord import refusals
from concord.refusals import Refused
from concord.site import settings_file
from concord.site.commands import CannotGoOn

COMMANDS = {
    "demo": "a live event to play with, in a throw-away folder of its own",
    "rehearse": "play the main job headless and check every promise on the way",
    "setup": "prepare an install: keys, tables, policy, outside contact, the first two of the team",
    "check": "name every setting that is missing or unsafe",
    "serve": "serve the pages and the live rooms",
    "policy": "the versions of the policy: print, compare, publish one from a file",
    "plant": "plan an event with its sessions from a file",
    "staff": "who is designated; bring somebody in, confirm keys, end a designation",
    "recover": "a lost passphrase, a lost phone, or new shares of the recovery key",
    "contact": "name another outside contact",
    "work": "run waiting jobs in a process of their own (PostgreSQL)",
    "migrate": "bring the tables and the static files up to date",
    "screen": "what screening sees in a text, or in each row of a table, and why",
    "purge": "erase what is over its time, or say what would go",
    "backup": "write everything into one file",
    "restore": "bring a backup back, into an empty install",
    "clauses": "which clauses of the policy are kept, and by what",
    "audit": "verify that every effect had two people, or a decision in force",
    "ledger": "verify the chain of the ledger",
    "shell": "a Python prompt inside the product; the ledger keeps that it was opened",
}
OF_THEIR_OWN = frozenset(["demo", "rehearse", "clauses", "screen"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 not possible or not well, 2 not understood."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(next((each for each in given if not each.startswith("-")), "")).parse_args(
        given
    )
    try:
        if not getattr(options, "offline", None):
            _load_settings(options.command)
        return int(options.run(options) or 0)
    except CannotGoOn as trouble:
        words = str(trouble)
    except Refused as refused:
        words = _told(refused)
    except DatabaseError as error:
        words = _words_for_database(error)
    except OSError as error:
        words = _words_for(error)
    except (KeyboardInterrupt, EOFError):
        words = "stopped"
    print(f"concord: {words}", file=sys.stderr)
    return 1


def _parser(chosen: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="concord",
        description="Concord: virtual events that stay safe spaces.",
        epilog="`concord COMMAND --help` tells more. Settings come from the environment, then from "
        "concord.env; see docs/running.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        if name == chosen:
            module = import_module(f"concord.site.commands.{name}")
            command.description = module.__doc__
            command.formatter_class = argparse.RawDescriptionHelpFormatter
            module.add_arguments(command)
            command.set_defaults(run=module.run, command=name)
    return parser


def _load_settings(command: str) -> None:
    """What set-up was told. The demo and its kin have settings of their own; an outsider's machine has none."""
    if command in OF_THEIR_OWN:
        return
    try:
        settings_file.load()
    except ValueError as error:
        raise CannotGoOn(f"the settings cannot be read: {error}") from error


def _told(refused: Refused) -> str:
    """The refusal's words; whoever called the verb from outside also has it recorded."""
    refusals.tell(refused, actor=None, at=timezone.now())
    return str(refused.words)


def _words_for_database(error: DatabaseError) -> str:
    told = str(error).strip()
    if "no such table" in told or type(error.__cause__).__name__ == "UndefinedTable":
        return "the tables are not there. Run `concord setup`; after an upgrade, `concord migrate`."
    return f"the database could not do it: {told}"


def _words_for(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; nothing was left half-written. Free some space and try again."
    if error.errno == errno.EADDRINUSE:
        return "this address is in use already; is another Concord running? See --port."
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
