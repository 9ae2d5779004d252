"""What two share-holders can bring back, and a lost phone.

  concord recover passphrase amara      a new passphrase for the same keys; needs two shares
  concord recover shares                new shares, when a holder leaves or one is lost; needs two shares
  concord recover second-factor amara   the phone is lost: the next sign-in connects another

Shares are asked for at the terminal, or read from standard input, one a line. The recovery key is remade
whenever it was put together: the shares that were typed are worth nothing afterwards, new ones are shown.
"""

from __future__ import annotations

import argparse

from concord.site.commands import CannotGoOn, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="WHAT", required=True)
    for name, act, words in (
        ("passphrase", _passphrase, "make somebody a new passphrase"),
        ("second-factor", _second_factor, "forget somebody's app and recovery codes"),
    ):
        action = actions.add_parser(name, help=words)
        action.add_argument("sign_in", help="their sign-in name")
        action.set_defaults(act=act)
    actions.add_parser("shares", help="new shares of the recovery key").set_defaults(act=_shares)


def run(options: argparse.Namespace) -> int:
    set_up_install()
    options.act(options)
    return 0


def _passphrase(options: argparse.Namespace) -> None:
    from django.db import transaction
    from django.utils import timezone

    from concord.people.bring_in import others_know_passphrase
    from concord.people.end_sessions import end_sessions
    from concord.people.models import Login
    from concord.site.commands.staff import staff_by
    from concord.site.shares import ask_for_shares, show_shares
    from concord.vault import keys, recovery

    member = staff_by(options.sign_in)
    if member.ended_at is not None:
        raise CannotGoOn("this person is not part of the team any more")
    secret = ask_for_shares("The recovery key opens their keys.")
    passphrase = keys.generate_passphrase()
    with transaction.atomic():
        shares = recovery.recover_passphrase(
            member.person_id, passphrase, secret=secret, at=timezone.now()
        )
        others_know_passphrase(member)
        end_sessions(Login.objects.at_the_desk().get(person=member.person_id))
    print(
        f"A new passphrase for {member.working_name}. It is shown this once; when they have signed in they\n"
        "take another, before anything else opens. Their keys stay the same: destroy the backups made until then.\n\n"
        f"  passphrase: {passphrase}"
    )
    show_shares(shares)


def _shares(options: argparse.Namespace) -> None:
    from django.utils import timezone

    from concord.site.shares import ask_for_shares, show_shares
    from concord.vault import recovery

    secret = ask_for_shares("Two of the shares there are make new ones.")
    show_shares(recovery.remake(secret=secret, at=timezone.now()))


def _second_factor(options: argparse.Namespace) -> None:
    from django.utils import timezone

    from concord.people.disconnect_second_factor import disconnect_second_factor
    from concord.people.models import Login
    from concord.site.commands.staff import staff_by

    member = staff_by(options.sign_in)
    login = Login.objects.at_the_desk().get(person=member.person_id)
    if disconnect_second_factor(login, at=timezone.now()):
        print(f"Forgotten. At the next sign-in {member.working_name} connects another app.")
    else:
        print(f"{member.working_name} has connected no app.")
