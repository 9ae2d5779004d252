"""Brings the tables and the static files up to date with this version. Back up first."""

from __future__ import annotations

import argparse

from concord.site.commands import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(options: argparse.Namespace) -> int:
    set_up_django()
    bring_up_to_date()
    print("The tables and the static files are up to date.")
    return 0


def bring_up_to_date() -> None:
    """Make the data folder, apply what is missing of the tables, put the static files in place."""
    from django.conf import settings
    from django.core.management import call_command

    settings.CONCORD_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
