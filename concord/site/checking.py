"""What `concord check` looks at: each setting that is missing or unsafe, with what to do about it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from smtplib import SMTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from concord.site import settings_file
from concord.site.answers import EXAMPLE_HOST
from concord.site.commands import CannotGoOn
from concord.vault.environment import EnvironmentKeyMissing, is_private, read_master

KNOWN = frozenset(
    ["CONCORD_DATA", "CONCORD_KEY_FILE", "CONCORD_HOST_NAME", "CONCORD_TEAM_NAME", "CONCORD_POLICY_ADDRESS",
     "CONCORD_REPORT_ADDRESS", "CONCORD_AUDITOR_ADDRESS", "CONCORD_PUBLIC", "CONCORD_DESK", "CONCORD_THREADS",
     "CONCORD_SETTINGS",
     "CONCORD_MAIL_HOST", "CONCORD_MAIL_PORT", "CONCORD_MAIL_USER", "CONCORD_MAIL_PASSWORD",
     "CONCORD_MAIL_SECURITY", "CONCORD_MAIL_FROM", "CONCORD_RINGS_LIVE_MINUTES", "CONCORD_RINGS_HOURS",
     "CONCORD_WEBHOOK_URL", "CONCORD_WEBHOOK_SECRET_FILE", "CONCORD_SHIFT_HOURS", "CONCORD_SHIFT_OVERLAP_MINUTES",
     "CONCORD_LOCK_MINUTES", "CONCORD_SCREEN_REGION", "CONCORD_SCREEN_BUDGET", "CONCORD_HANDOVER_LIVE_MINUTES",
     "CONCORD_HANDOVER_DAYS", "CONCORD_UNTOUCHED_DAYS", "CONCORD_CALL_AGAIN_MINUTES",
     "CONCORD_CALL_AGAIN_TIMES",
     "CONCORD_GUIDELINES_HOURS", "CONCORD_REVIEW_DAYS", "CONCORD_KEEP_ADDRESSES_DAYS", "CONCORD_KEEP_POSTS_DAYS",
     "CONCORD_KEEP_CASES_MONTHS", "CONCORD_KEEP_CODES_DAYS"]
)  # fmt: skip
OLDEST_POSTGRESQL = 150_000
UNNAMED = "The host"
RUN_SETUP = "Run `concord setup`."


class Finding(NamedTuple):
    """One setting to see to: its name, what is wrong, what to do."""

    setting: str
    trouble: str
    remedy: str


def findings() -> Iterator[Finding]:
    """Everything that is missing or unsafe, in the order in which it is best put right."""
    yield from unknown_settings()
    yield from kept_settings()
    yield from key_file()
    yield from data_folder()
    yield from addresses()
    yield from auditor()
    yield from hosts()
    yield from left_from_the_example()
    yield from mail()
    yield from rings()
    yield from webhook()
    yield from processes()
    of_database = list(database())
    yield from of_database
    unusable = any(one.setting == "DATABASE_URL" for one in of_database)
    if settings.CONCORD_DATA.is_dir() and not unusable:
        yield from house()


def refuse_unless_ready() -> None:
    """Raise CannotGoOn for what makes serving impossible; the rest is for `concord check` to name."""
    for stopping in [*key_file(), *data_folder(), *database()]:
        raise CannotGoOn(f"{stopping.setting}: {stopping.trouble}. {stopping.remedy}")


def refuse_without_install() -> None:
    """Raise CannotGoOn where nothing was set up yet. What is broken is no reason: it is what one looks for."""
    if not settings.CONCORD_DATA.is_dir():
        nothing = next(iter([*key_file(), *data_folder()]))
        raise CannotGoOn(f"{nothing.setting}: {nothing.trouble}. {RUN_SETUP}")


def unknown_settings() -> Iterator[Finding]:
    for name in sorted(os.environ):
        if (
            name.startswith("CONCORD_")
            and name not in KNOWN
            and not name.startswith("CONCORD_TEST_")
        ):
            yield Finding(name, "is not a setting of Concord", "See docs/running for their names.")


def kept_settings() -> Iterator[Finding]:
    file = settings_file.path()
    if file is not None and file.exists() and not is_private(file):
        yield Finding("CONCORD_SETTINGS", "others can read it", f"Run: chmod 600 {file}")


def key_file() -> Iterator[Finding]:
    path = Path(settings.CONCORD_KEY_FILE)
    if not path.exists():
        yield Finding("CONCORD_KEY_FILE", f"there is no file at {path}", RUN_SETUP)
        return
    try:
        read_master(path)
    except EnvironmentKeyMissing as error:
        yield Finding(
            "CONCORD_KEY_FILE", str(error), "Put the right file back, or restore a backup."
        )
    if settings.CONCORD_DATA in path.resolve().parents:
        yield Finding(
            "CONCORD_KEY_FILE",
            "it lies inside the data folder, so whoever copies the data has the key as well",
            "Move it, and set CONCORD_KEY_FILE to its new place.",
        )
    if not is_private(path):
        yield Finding("CONCORD_KEY_FILE", "others can read it", f"Run: chmod 600 {path}")


def data_folder() -> Iterator[Finding]:
    folder = settings.CONCORD_DATA
    if not folder.is_dir():
        yield Finding("CONCORD_DATA", f"there is no folder at {folder}", "Run `concord setup`.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(4_096))
    except OSError as error:
        yield Finding(
            "CONCORD_DATA",
            f"nothing can be written to {folder}: {error.strerror}",
            "Give the folder to the user that runs Concord, or free some space.",
        )
    if not (settings.STATIC_ROOT / "staticfiles.json").exists() and "Manifest" in _static_storage():
        yield Finding("CONCORD_DATA", "the static files are not in place", "Run `concord migrate`.")


def addresses() -> Iterator[Finding]:
    for name, purpose in (
        ("CONCORD_POLICY_ADDRESS", "questions about the policy"),
        ("CONCORD_REPORT_ADDRESS", "reports"),
    ):
        address = getattr(settings, name)
        if not address:
            yield Finding(name, "is missing", f"Set it to the address that receives {purpose}.")
        elif not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
            yield Finding(
                name, "is not an e-mail address", f"Set it to one that receives {purpose}."
            )


def auditor() -> Iterator[Finding]:
    """Nobody has to have an auditor (`notes` says what is lost without); a wrong address is no auditor."""
    address = settings.CONCORD_AUDITOR_ADDRESS
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        yield Finding(
            "CONCORD_AUDITOR_ADDRESS",
            "is not an e-mail address",
            "Set it to one of somebody outside, or leave it out.",
        )


def left_from_the_example() -> Iterator[Finding]:
    """Addresses under a domain that is kept for examples: set-up takes them, and no letter ever arrives."""
    for name in ("CONCORD_POLICY_ADDRESS", "CONCORD_REPORT_ADDRESS", "CONCORD_AUDITOR_ADDRESS"):
        if is_example(getattr(settings, name).rpartition("@")[2]):
            yield Finding(
                name,
                "is an example, and no letter ever arrives there",
                "Set it to an address of your own.",
            )
    for name in ("CONCORD_PUBLIC", "CONCORD_DESK"):
        if is_example(urlsplit(getattr(settings, name)).hostname or ""):
            yield Finding(
                name, "is an example, and leads nobody here", "Set it to a host name of your own."
            )


def notes() -> Iterator[Finding]:
    """What endangers nobody and is no reason to stop: people only read it."""
    if settings.CONCORD_HOST_NAME in ("", UNNAMED, EXAMPLE_HOST):
        yield Finding(
            "CONCORD_HOST_NAME",
            f"people read “{settings.CONCORD_HOST_NAME}”, as it came",
            "Set it to the name of your organisation.",
        )
    if not settings.CONCORD_AUDITOR_ADDRESS:
        yield Finding(
            "CONCORD_AUDITOR_ADDRESS",
            "there is no auditor, so nobody outside would see a past that was rewritten as a whole",
            "Set it to the address of somebody outside; docs/running/auditing.md says what they get.",
        )


def is_example(host: str) -> bool:
    """Whether a domain is one of those that are kept for examples."""
    labels = host.lower().rstrip(".").split(".")
    return labels[-1] == "example" or (
        labels[-2:-1] == ["example"] and labels[-1] in ("org", "com", "net")
    )


def hosts() -> Iterator[Finding]:
    public, desk = urlsplit(settings.CONCORD_PUBLIC), urlsplit(settings.CONCORD_DESK)
    for name, url in (("CONCORD_PUBLIC", public), ("CONCORD_DESK", desk)):
        if url.scheme not in ("http", "https") or not url.hostname:
            yield Finding(
                name, "is not a web address", "Set it to one, such as https://example.org"
            )
        elif url.scheme == "http" and not _is_local(url.hostname):
            yield Finding(name, "anyone on the way can read what is sent over http", "Use https.")
    if public.hostname == desk.hostname:
        yield Finding(
            "CONCORD_DESK",
            "it is the public host: staff and participants would share their cookies",
            "Give the desk a host name of its own.",
        )
    if settings.DEBUG:
        yield Finding(
            "DEBUG", "is on, and error pages would show what is private", "Switch it off."
        )


def mail() -> Iterator[Finding]:
    if not os.environ.get("CONCORD_MAIL_HOST"):
        yield Finding(
            "CONCORD_MAIL_HOST",
            "is missing, and without letters nobody who takes part can sign in",
            "Set it to your mail server; localhost if this machine has one.",
        )
    if settings.CONCORD_MAIL_SECURITY not in ("", "starttls", "tls"):
        yield Finding(
            "CONCORD_MAIL_SECURITY",
            "is not a way to reach a mail server",
            'Set it to "starttls" (port 587) or "tls" (port 465), or leave it out.',
        )
    elif not settings.CONCORD_MAIL_SECURITY and not _is_local(settings.EMAIL_HOST):
        yield Finding(
            "CONCORD_MAIL_SECURITY",
            "is missing: sign-in codes would cross the network in clear",
            'Set it to "starttls" (port 587) or "tls" (port 465).',
        )


def rings() -> Iterator[Finding]:
    """When more people are asked for a second yes."""
    for name, used in (
        ("CONCORD_RINGS_LIVE_MINUTES", settings.CONCORD_RINGS_LIVE_MINUTES),
        ("CONCORD_RINGS_HOURS", settings.CONCORD_RINGS_HOURS),
    ):
        said, in_use = os.environ.get(name, ""), ",".join(str(one) for one in used)
        if said and said.replace(" ", "") != in_use:
            yield Finding(
                name,
                f"is not three rising whole numbers, so {in_use} holds",
                f"Write it like {in_use}, or leave it out.",
            )


def webhook() -> Iterator[Finding]:
    """The host's own way of waking people, where one is set."""
    from concord.monitoring.knock import is_safe
    from concord.monitoring.webhook import SHORTEST_SECRET, NoSecret, secret

    if not settings.CONCORD_WEBHOOK_URL:
        return
    if not is_safe(settings.CONCORD_WEBHOOK_URL):
        yield Finding(
            "CONCORD_WEBHOOK_URL",
            "is neither https nor on this machine, so nothing is sent there",
            "Use https, without a user or a password in it.",
        )
    try:
        secret()
    except NoSecret:
        yield Finding(
            "CONCORD_WEBHOOK_SECRET_FILE",
            f"holds no secret of at least {SHORTEST_SECRET} characters, so nothing can be signed",
            "Write one into a file of its own, with chmod 600, and name that file.",
        )
    else:
        if not is_private(Path(settings.CONCORD_WEBHOOK_SECRET_FILE)):
            yield Finding(
                "CONCORD_WEBHOOK_SECRET_FILE",
                "others can read it",
                f"Run: chmod 600 {settings.CONCORD_WEBHOOK_SECRET_FILE}",
            )


def mail_server() -> Iterator[Finding]:
    """Whether the mail server answers; asked for with --mail, for it takes a connection to another host."""
    from django.core.mail import get_connection

    try:
        get_connection().open()
    except (OSError, SMTPException) as error:
        yield Finding(
            "CONCORD_MAIL_HOST",
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not take letters from here: "
            f"{type(error).__name__}",
            "Start it, or correct host, port, security, user and password.",
        )


def processes() -> Iterator[Finding]:
    from concord.live import relay  # tables, which cannot be read before Django is set up

    several = os.environ.get("WEB_CONCURRENCY", "1") not in ("", "0", "1")
    if connection.vendor == "sqlite" and (several or settings.REDIS_URL):
        yield Finding(
            "WEB_CONCURRENCY" if several else "REDIS_URL",
            "SQLite serves from exactly one process",
            "Unset it, or set DATABASE_URL to a PostgreSQL.",
        )
    if (
        connection.vendor == "postgresql"
        and not settings.REDIS_URL
        and (several or _serve_several())
    ):
        yield Finding(
            "REDIS_URL",
            "is missing: what one process does reaches pages open at another seconds late",
            "Set it, on every machine.",
        )
    if connection.vendor == "postgresql" and settings.REDIS_URL and not relay.line.reaches():
        yield Finding("REDIS_URL", "does not answer", "Start it, or correct the address.")


def _serve_several() -> bool:
    """Whether more than one process of ours serves now, as far as the database can be asked."""
    from concord.live.models import Process

    try:
        return Process.objects.alive().count() > 1
    except DatabaseError:  # said elsewhere
        return False


def database() -> Iterator[Finding]:
    if connection.vendor == "sqlite" and not settings.CONCORD_DATA.is_dir():
        return  # said already
    try:
        _reach_database()
        executor = MigrationExecutor(connection)
        unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(
            "DATABASE_URL", f"the database does not answer: {reason}", "Start it, or correct it."
        )
        return
    if unapplied:
        yield Finding("DATABASE_URL", "its tables are not up to date", "Run `concord migrate`.")
        return
    if connection.vendor == "postgresql" and _postgresql_version() < OLDEST_POSTGRESQL:
        yield Finding("DATABASE_URL", "PostgreSQL is older than 15", "Upgrade it.")
    yield from triggers()
    yield from recovery_key()


def triggers() -> Iterator[Finding]:
    """The triggers that refuse an effect nobody agreed to."""
    if find_spec("concord.actions.triggers") is None:
        return
    for name in import_module("concord.actions.triggers").missing():
        yield Finding(
            "DATABASE_URL",
            f"the trigger {name} is gone or changed, so that a stray insert could act without a second person",
            "Run `concord migrate`, then `concord audit`.",
        )


def recovery_key() -> Iterator[Finding]:
    from concord.vault.errors import NoRecoveryKey
    from concord.vault.recovery import seal_environment

    try:
        seal_environment()
    except NoRecoveryKey:
        yield Finding(
            "recovery key",
            "was not made: a lost passphrase would lose reports",
            "Run `concord setup`.",
        )
    except EnvironmentKeyMissing:
        return  # said already


def house() -> Iterator[Finding]:
    """Whether a host can work in it: a policy, an outside contact, a team whose keys count."""
    from django.utils import timezone

    from concord.people.team import team
    from concord.site.founding import missing

    at = timezone.now()
    lacking = missing(at)
    if lacking.policy:
        yield Finding("policy", "no version is published, so nothing can open", RUN_SETUP)
    if lacking.outside_contact:
        yield Finding(
            "outside contact",
            "nobody outside the team could read a report about the team",
            RUN_SETUP if lacking.staff else "Run `concord contact`.",
        )
    if lacking.staff:
        yield Finding(
            "team", "fewer than two people who receive reports have keys that count", RUN_SETUP
        )
    elif lacking.lead:
        yield Finding(
            "team",
            "nobody who receives reports leads it",
            "Run `concord staff add --lead`, and let a colleague confirm the keys at the desk.",
        )
    for one in team(at):
        if one.is_waiting:
            yield Finding(
                "team",
                f"the keys of {one.staff.working_name} wait to be confirmed",
                "Let them sign in, and a colleague compare fingerprints and confirm on the page “Team” at the desk.",
            )


def _reach_database() -> None:
    """Knock once: the pool would go on knocking for half a minute."""
    if connection.vendor == "postgresql":
        import psycopg

        try:
            psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
        except psycopg.OperationalError as error:
            raise OperationalError(*error.args) from error
    connection.ensure_connection()


def _static_storage() -> str:
    return str(settings.STORAGES["staticfiles"]["BACKEND"])


def _postgresql_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


def _is_local(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")
