"""Who is designated, from the command line. At the desk the page “Team” does the same.

  concord staff list
  concord staff add --working-name Kim --sign-in kim --role staff --languages en,ar
  concord staff confirm kim       two shares vouch for keys, while fewer than two people hold any
  concord staff end kim

Somebody brought in here signs in with the passphrase that is printed once. Their keys count when a
colleague has compared the fingerprint with them and confirmed it at the desk.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from concord.site.commands import CannotGoOn, set_up_install

if TYPE_CHECKING:
    from concord.people.models import StaffMember

ROLES = ("receiver", "staff", "volunteer", "organiser", "it")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    actions.add_parser("list", help="who is designated, and whose keys count").set_defaults(
        act=_list
    )
    add = actions.add_parser("add", help="bring somebody in")
    add.add_argument("--working-name", required=True, help="their choice; colleagues see it")
    add.add_argument("--sign-in", required=True, help="what they type to sign in")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--languages", default="en", help="codes, with commas; default: en")
    add.add_argument("--lead", action="store_true", help="they lead: plan, bring in, end")
    add.set_defaults(act=_add)
    for name, act, words in (
        ("confirm", _confirm, "vouch for keys by two shares of the recovery key"),
        ("end", _end, "somebody leaves the team"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("sign_in", help="their sign-in name")
        action.set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    set_up_install()
    options.act(options)
    return 0


def staff_by(sign_in: str) -> StaffMember:
    """The member of the team with this sign-in name. Raises CannotGoOn when there is none."""
    from concord.people.enrol import read_handle
    from concord.people.models import StaffMember

    try:
        handle = read_handle(sign_in)
    except ValueError as error:
        raise CannotGoOn(str(error)) from error
    found = StaffMember.objects.filter(
        person__logins__handle=handle, person__logins__mailbox_token__isnull=True
    ).first()
    if found is None:
        raise CannotGoOn(f"nobody of the team signs in as {sign_in}; see `concord staff list`")
    return found


def _list(options: argparse.Namespace) -> None:
    from django.utils import timezone

    from concord.people.team import team

    for one in team(timezone.now()):
        state = "not confirmed yet" if one.is_waiting else "confirmed"
        keys = f"fingerprint {one.fingerprint} ({state})" if one.fingerprint else "no keys"
        if one.is_handed_over:
            keys = "no passphrase of their own yet"
        lead = ", leads" if one.staff.is_lead else ""
        print(f"{one.handle:16} {one.staff.working_name} ({one.staff.role}{lead})")
        print(f"{'':16} {keys}")


def _add(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.utils import timezone

    from concord.people.bring_in import bring_in

    languages = [code for code in options.languages.replace(",", " ").split() if code]
    unknown = sorted(set(languages) - {code for code, _ in settings.LANGUAGES})
    if unknown:
        raise CannotGoOn(f"no such language here: {', '.join(unknown)}")
    try:
        newcomer = bring_in(
            working_name=options.working_name,
            handle=options.sign_in,
            role=options.role,
            languages=languages,
            is_lead=options.lead,
            countersigner=None,
            by=None,
            at=timezone.now(),
        )
    except ValueError as error:
        raise CannotGoOn(str(error)) from error
    print(
        f"{newcomer.staff.working_name} is part of the team. Hand this over on paper or by voice; it is shown\n"
        "this once, and at their first sign-in they take another passphrase before anything opens.\n\n"
        f"  sign-in name: {newcomer.handle}\n  passphrase: {newcomer.passphrase}\n\n"
        "With it they get keys of their own, which count once a colleague has confirmed them on the page “Team” at\n"
        "the desk, or, while fewer than two people hold keys, two share-holders with `concord staff confirm`."
    )


def _confirm(options: argparse.Namespace) -> None:
    from django.db import transaction
    from django.utils import timezone

    from concord.people.vouch_for import check_is_their_own
    from concord.site.shares import ask_for_shares, show_shares
    from concord.vault import keys, recovery

    member = staff_by(options.sign_in)
    secret = ask_for_shares("The recovery key has to vouch for them.")
    with transaction.atomic():
        keys.countersign(member.person_id, by=secret, at=timezone.now())
        check_is_their_own(member)
        shares = recovery.remake(secret=secret, at=timezone.now())
    print(f"The keys of {member.working_name} count.")
    show_shares(shares)


def _end(options: argparse.Namespace) -> None:
    from django.utils import timezone

    from concord.people.end_designation import end_designation

    member = end_designation(staff_by(options.sign_in), by=None, at=timezone.now())
    print(f"{member.working_name} opens no door of the desk any more, and their keys open nothing.")
