"""Answers: what set-up needs to know, from a file, or asked at the terminal; nothing is guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTINGS = {
    "host": "CONCORD_HOST_NAME",
    "team": "CONCORD_TEAM_NAME",
    "policy_address": "CONCORD_POLICY_ADDRESS",
    "report_address": "CONCORD_REPORT_ADDRESS",
    "auditor_address": "CONCORD_AUDITOR_ADDRESS",
    "public": "CONCORD_PUBLIC",
    "desk": "CONCORD_DESK",
    "database": "DATABASE_URL",
}
MAIL = {
    "host": "CONCORD_MAIL_HOST",
    "port": "CONCORD_MAIL_PORT",
    "security": "CONCORD_MAIL_SECURITY",
    "user": "CONCORD_MAIL_USER",
    "password": "CONCORD_MAIL_PASSWORD",
    "from": "CONCORD_MAIL_FROM",
}
EXAMPLE_HOST = "Open Ballot Forum"
EXAMPLE = f"""\
# What `concord setup --answers FILE` is told. Passphrases and codes are made by the machine, never here.
host = "{EXAMPLE_HOST}"                      # as people read it
team = "The care team"                          # who signs what is written to people
policy_address = "policy@example.org"           # questions about the policy
report_address = "report@example.org"           # reports by mail
auditor_address = ""                            # somebody outside who can check you; see docs/running/auditing.md
public = "https://events.example.org"           # where people take part
desk = "https://desk.example.org"               # where staff work: a host name of its own

[mail]                                          # the server that carries letters out
host = "localhost"
port = 25
security = ""                                   # "starttls" (port 587) or "tls" (port 465)

[outside_contact]                               # reads what nobody of the team may read
name = "Elena Ruiz"
address = "elena@elsewhere.example"

[[staff]]                                       # the first one leads; both receive reports
working_name = "Amara"
sign_in = "amara"
languages = ["en", "fr"]

[[staff]]
working_name = "Luis"
sign_in = "luis"
languages = ["en", "es"]
"""


class NotUnderstood(ValueError):
    """The answers say something that set-up cannot read; the message says what."""


@dataclass(frozen=True)
class OutsideContact:
    """Who outside the team reads what nobody inside may."""

    name: str
    address: str


@dataclass(frozen=True)
class Colleague:
    """Somebody of the team, as they want to be known and to sign in."""

    working_name: str
    sign_in: str
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class Answers:
    """What was said so far; the rest is asked, or found to be missing."""

    settings: Mapping[str, str] = field(default_factory=dict)
    outside_contact: OutsideContact | None = None
    staff: tuple[Colleague, ...] = ()


def read_answers(file: Path) -> Answers:
    """The answers in a TOML file. Raises NotUnderstood, OSError."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"{file}: {error}") from error
    return _understand(told)


def _understand(told: dict[str, Any]) -> Answers:
    contact, staff, mail = (
        told.pop("outside_contact", None),
        told.pop("staff", []),
        told.pop("mail", {}),
    )
    settings = dict(_settings(told, SETTINGS, where="")) | dict(
        _settings(mail, MAIL, where="mail.")
    )
    return Answers(
        settings=settings,
        outside_contact=_contact(contact) if contact is not None else None,
        staff=tuple(_colleague(each) for each in _list(staff, "staff")),
    )


def _settings(told: Any, known: Mapping[str, str], *, where: str) -> Iterator[tuple[str, str]]:
    for name, value in _table(told, where or "the file").items():
        if name not in known:
            raise NotUnderstood(f"{where}{name} is not something set-up asks")
        if not isinstance(value, str | int):
            raise NotUnderstood(f"{where}{name} should be a text")
        if value != "":
            yield known[name], str(value)


def _contact(told: Any) -> OutsideContact:
    table = _table(told, "outside_contact")
    return OutsideContact(
        _text(table, "name", "outside_contact"), _text(table, "address", "outside_contact")
    )


def _colleague(told: Any) -> Colleague:
    table = _table(told, "staff")
    languages = [str(code) for code in _list(table.get("languages", ["en"]), "staff.languages")]
    return Colleague(
        _text(table, "working_name", "staff"), _text(table, "sign_in", "staff"), tuple(languages)
    )


def _table(told: Any, where: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise NotUnderstood(f"{where} should be a table")
    return told


def _list(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list):
        raise NotUnderstood(f"{where} should be a list")
    return told


def _text(table: dict[str, Any], name: str, where: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise NotUnderstood(f"{where}.{name} is missing")
    return value
