"""Prepares an install until a host can work in it. Safe to run again: it says what is already there.

At a terminal it asks; elsewhere it reads --answers FILE (`concord setup --example` prints one). It makes
the settings file, the key file, the tables, the recovery key, the first policy, the outside contact with
a standing code, and the first two of the team. Shares, code and passphrases are printed once and kept
nowhere. It does not finish without CONCORD_POLICY_ADDRESS and CONCORD_REPORT_ADDRESS, the policy's two
contacts, and makes no key before it has them.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from concord.site import settings_file, terminal
from concord.site.answers import (
    EXAMPLE,
    Answers,
    Colleague,
    NotUnderstood,
    OutsideContact,
    read_answers,
)
from concord.site.commands import CannotGoOn, set_up_django
from concord.site.commands.migrate import bring_up_to_date

if TYPE_CHECKING:
    from concord.site.founding import Founded, Missing

NONE = "none"
ASKED = {
    "CONCORD_HOST_NAME": ("The name of the organisation, as people read it", ""),
    "CONCORD_TEAM_NAME": ("Who signs what is written to people", "The care team"),
    "CONCORD_POLICY_ADDRESS": ("E-mail address for questions about the policy", ""),
    "CONCORD_REPORT_ADDRESS": ("E-mail address for reports", ""),
    "CONCORD_AUDITOR_ADDRESS": ("E-mail address of somebody outside who checks you, or none", NONE),
    "CONCORD_PUBLIC": ("Web address where people take part", "http://localhost:8000"),
    "CONCORD_DESK": (
        "Web address where staff work, on a host name of its own",
        "http://desk.localhost:8000",
    ),
    "CONCORD_MAIL_HOST": ("Mail server that carries letters out", "localhost"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--answers", type=Path, metavar="FILE", help="a TOML file with the answers")
    parser.add_argument("--example", action="store_true", help="print such a file, and do nothing")
    parser.add_argument("--yes", action="store_true", help="ask nothing, even at a terminal")
    parser.add_argument(
        "--shares", type=int, default=3, help="shares of the recovery key; default: 3"
    )
    parser.add_argument("--threshold", type=int, default=2, help="shares that open it; default: 2")


def run(options: argparse.Namespace) -> int:
    if options.example:
        print(EXAMPLE, end="")
        return 0
    if not 2 <= options.threshold < options.shares:
        raise CannotGoOn("the threshold is at least 2 and smaller than the number of shares")
    answers = _read(options.answers)
    asking = not options.yes and terminal.is_there()
    _settle(answers.settings, asking=asking)
    set_up_django()
    _refuse_to_finish_without_addresses()
    _make_key_file()
    bring_up_to_date()
    print("The tables and the static files are up to date.")
    _found(answers, asking=asking, shares=options.shares, threshold=options.threshold)
    print("Set up. `concord check` names what is left to see to; `concord serve` serves.")
    return 0


def _read(file: Path | None) -> Answers:
    try:
        return read_answers(file) if file else Answers()
    except NotUnderstood as error:
        raise CannotGoOn(f"the answers cannot be read: {error}") from error


def _settle(answered: Mapping[str, str], *, asking: bool) -> None:
    """Complete the settings: environment and file first, then the answers, then what is asked."""
    told = {name: value for name, value in answered.items() if not os.environ.get(name)}
    if asking:
        for name, (question, default) in ASKED.items():
            if not os.environ.get(name) and name not in told:
                answer = _ask_setting(name, question, default)
                if answer != NONE:
                    told[name] = answer
    os.environ.update(told)
    try:
        file = settings_file.keep(told)
    except ValueError as error:
        raise CannotGoOn(str(error)) from error
    if file:
        print(f"Wrote the settings to {file}.")
    elif told:
        print(
            f"No settings file is in use. Set these for every command: {', '.join(sorted(told))}."
        )


def _ask_setting(name: str, question: str, default: str) -> str:
    wrong = {
        "CONCORD_POLICY_ADDRESS": _no_address,
        "CONCORD_REPORT_ADDRESS": _no_address,
        "CONCORD_AUDITOR_ADDRESS": lambda typed: "" if typed == NONE else _no_address(typed),
        "CONCORD_PUBLIC": _no_url,
        "CONCORD_DESK": _no_url,
    }.get(name, lambda typed: "")
    return terminal.ask(question, default=default, wrong=wrong)


def _no_address(typed: str) -> str:
    fits = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", typed)
    return "" if fits else "this is not an e-mail address"


def _no_url(typed: str) -> str:
    fits = re.fullmatch(r"https?://[^/\s]+", typed)
    return "" if fits else "it should read like https://events.example.org"


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


def _found(answers: Answers, *, asking: bool, shares: int, threshold: int) -> None:
    from django.utils import timezone

    from concord.site.founding import found, missing
    from concord.site.shares import ask_for_shares, rehearse_shares

    lacking = missing(timezone.now())
    _tell_what_is_there(lacking)
    if not lacking:
        return
    answers = _complete(answers, lacking, asking=asking)
    secret = None
    if not lacking.recovery_key and lacking.needs_recovery:
        secret = ask_for_shares("The recovery key has to vouch for whom you name.")
    try:
        founded = found(
            answers, shares=shares, threshold=threshold, secret=secret, at=timezone.now()
        )
    except ValueError as error:
        raise CannotGoOn(f"set-up is not finished: {error}") from error
    _tell_once(founded, answers, lacking)
    if founded.shares and asking:
        rehearse_shares()


def _tell_what_is_there(lacking: Missing) -> None:
    there = {
        "The recovery key is there.": not lacking.recovery_key,
        "A policy is published.": not lacking.policy,
        "The outside contact is named.": not lacking.outside_contact,
        "The first two of the team are there.": not lacking.staff,
    }
    for words, is_there in there.items():
        if is_there:
            print(words)


def _complete(answers: Answers, lacking: Missing, *, asking: bool) -> Answers:
    """Ask for the people who are still to be named. Raises CannotGoOn where nobody can be asked."""
    contact, staff = answers.outside_contact, answers.staff
    if asking:
        if lacking.outside_contact and contact is None:
            contact = _ask_for_contact()
        while len(staff) < lacking.staff:
            staff = (*staff, _ask_for_colleague(len(staff) + 1))
    wanted = []
    if lacking.outside_contact and contact is None:
        wanted.append("the outside contact ([outside_contact])")
    if len(staff) < lacking.staff:
        wanted.append(f"{lacking.staff} people of the team ([[staff]])")
    if wanted:
        raise CannotGoOn(
            f"set-up is not finished: {' and '.join(wanted)} are still to be named. Run it at a "
            "terminal, or with --answers FILE; `concord setup --example` prints such a file."
        )
    return Answers(answers.settings, contact, staff)


def _ask_for_contact() -> OutsideContact:
    print(
        "\nThe outside contact reads what nobody of the team may read: somebody you do not employ."
    )
    return OutsideContact(
        terminal.ask("  Their name"), terminal.ask("  Their e-mail address", wrong=_no_address)
    )


def _ask_for_colleague(number: int) -> Colleague:
    print(f"\nOne of the first two of the team ({number} of 2); both receive reports.")
    return Colleague(
        terminal.ask("  Working name, their choice"),
        terminal.ask("  Sign-in name"),
        tuple(
            terminal.ask("  Languages they read, by code", default="en").replace(",", " ").split()
        ),
    )


def _tell_once(founded: Founded, answers: Answers, lacking: Missing) -> None:
    from concord.site.shares import show_shares

    if lacking.policy:
        print("Published the first policy. Read it on the public page “Policy”.")
    if founded.shares:
        show_shares(founded.shares)
    if founded.contact_code and answers.outside_contact:
        print(
            f"The standing code of the outside contact, {answers.outside_contact.name}. Hand it over on paper:\n"
            f"it opens what is sealed to them, and is kept nowhere.\n\n  code: {founded.contact_code}\n"
        )
    for newcomer in founded.newcomers:
        print(
            f"{newcomer.staff.working_name}{' (leads)' if newcomer.staff.is_lead else ''}, to be handed over "
            "on paper or by voice; they should take another once signed in.\n\n"
            f"  sign-in name: {newcomer.handle}\n  passphrase: {newcomer.passphrase}\n"
        )
    if founded.newcomers:
        print(
            "Whoever saw this screen can open what is sealed from now on. When everybody named here has taken a\n"
            "passphrase of their own, let the share-holders make new shares (`concord recover shares`), and destroy\n"
            "the backups made before. The keys of those named here stay the same: see docs/running/keys.md.\n"
        )


def _refuse_to_finish_without_addresses() -> None:
    from concord.site.checking import addresses

    absent = list(addresses())
    if absent:
        raise CannotGoOn(
            "set-up is not finished: "
            + "; ".join(f"{each.setting}: {each.trouble}" for each in absent)
            + ". Set them and run `concord setup` again."
        )
