"""The versions of the policy; prints one as a file to edit, shows what a file would change, publishes it.

  concord policy                                            which versions there are, and from when they hold
  concord policy --print > policy.toml                      the newest one, to change
  concord policy --example > policy.toml                    our own text, as your settings make it now
  concord policy --compare policy.toml                      what it would change; publishes nothing
  concord policy --publish policy.toml --from 2027-03-01    the next version, in force from that day, 00:00 UTC

What was published is never altered: put it right with another version. Everybody confirms the new one before they
next enter, from its day on.
"""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from concord.site.commands import CannotGoOn, set_up_install

if TYPE_CHECKING:
    from concord.site.policy_file import WrittenVersion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--print", action="store_true", help="the newest version as a file")
    choice.add_argument("--example", action="store_true", help="our own text as a file")
    choice.add_argument("--compare", type=Path, metavar="FILE", help="what a file would change")
    choice.add_argument("--publish", type=Path, metavar="FILE", help="publish a file")
    parser.add_argument(
        "--from", type=date.fromisoformat, metavar="DATE", dest="since", help="with --publish"
    )


def run(options: argparse.Namespace) -> int:
    set_up_install()
    from concord.site.policy_file import compared, newest, the_first, written

    if options.publish:
        if options.since is None:
            raise CannotGoOn("say from which day it holds: --from 2027-03-01")
        _publish(_read(options.publish), since=options.since)
    elif options.compare:
        print(compared(newest(), _read(options.compare)) or "Nothing changes.")
    elif options.print or options.example:
        version = the_first() if options.example else newest()
        if version is None:
            raise CannotGoOn("no version is published yet; --example prints our own text")
        print(written(version), end="")
    else:
        _list()
    return 0


def _read(file: Path) -> WrittenVersion:
    from concord.site.policy_file import read_version
    from concord.site.toml_file import NotUnderstood

    try:
        return read_version(file)
    except NotUnderstood as error:
        raise CannotGoOn(f"the policy cannot be read: {error}") from error


def _publish(version: WrittenVersion, *, since: date) -> None:
    from django.utils import timezone

    from concord.policy.publish_version import publish_version

    try:
        published = publish_version(
            texts=version.texts,
            effective_from=datetime.combine(since, time(), tzinfo=UTC),
            credit=version.credit,
            by=None,
            at=timezone.now(),
        )
    except ValueError as error:
        raise CannotGoOn(f"the policy cannot be published: {error}") from error
    number = published.number
    print(
        f"Published version {number}, in force from {since}, 00:00 UTC. Read it at /policy/{number}."
    )


def _list() -> None:
    from concord.policy.models import Version

    for version in Version.objects.prefetch_related("texts"):
        print(
            f"version {version.number}, in force from {version.effective_from:%Y-%m-%d %H:%M} UTC"
        )
        for text in version.texts.all():
            print(f"  {text.language}  SHA-256 {text.digest}")
