"""Names another outside contact: somebody outside the team who reads what nobody inside may.

Their standing code is printed once. Two shares of the recovery key vouch for it; they are asked for at the
terminal, or read from standard input, one a line, and new ones are shown. What was sealed to the contact
before stays theirs; what is still to be looked at again, and cases without enough people, the new one reads too.
"""

from __future__ import annotations

import argparse

from concord.site.commands import CannotGoOn, set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="as people read it on the report form")
    parser.add_argument("--address", required=True, help="their e-mail address, for notices")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from django.db import transaction
    from django.utils import timezone

    from concord.site.answers import OutsideContact
    from concord.site.founding import name_contact
    from concord.site.shares import ask_for_shares, show_shares
    from concord.vault import recovery

    contact = OutsideContact(options.name, options.address)
    secret = ask_for_shares("The recovery key has to vouch for the outside contact.")
    at = timezone.now()
    try:
        with transaction.atomic():
            code = name_contact(contact, voucher=secret, at=at)
            shares = recovery.remake(secret=secret, at=at)
    except ValueError as error:
        raise CannotGoOn(str(error)) from error
    print(f"{contact.name} is the outside contact. Hand the code over on paper.\n\n  code: {code}")
    show_shares(shares)
    return 0
