"""A Python prompt inside the product, for engineers. The ledger keeps that it was opened, and what was refused in it.

Verbs ask there what they ask anywhere: whoever types has no key of anybody, and agrees to nothing in their name.
`concord audit` says how often one was opened, and when last.
"""

from __future__ import annotations

import argparse

from concord.site.commands import set_up_install


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", dest="code", metavar="CODE", help="run this and end")


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from django.core.management import call_command

    call_command("shell", **({"command": options.code} if options.code is not None else {}))
    return 0
