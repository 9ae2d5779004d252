"""Mail addresses: read from what was typed, sealed at rest, found by keyed tokens."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from concord import names
from concord.names.normalising import normalised
from concord.people.models import Login
from concord.vault import environment

LONGEST = 254
PURPOSE = "addresses"

_validate = EmailValidator()


def read_address(typed: str) -> str:
    """The one form of an address that was typed. Raises ValueError when it is not one."""
    address = normalised("NFKC", typed).strip().lower()
    try:
        _validate(address)
    except ValidationError as error:
        raise ValueError("not a mail address") from error
    if len(address) > LONGEST:
        raise ValueError("too long for a mail address")
    return address


def mailbox_token(address: str) -> bytes:
    """Finds this very address without keeping it."""
    return names.token("mailbox", address)


def canonical_token(address: str) -> bytes | None:
    """Finds the mailbox behind its aliases; None for a box that several people share."""
    if names.is_shared_mailbox(address):
        return None
    return names.token("canonical", names.canonical_mailbox(address))


def address_of(login: Login) -> str | None:
    """The address of a participant's login, for a letter that is about to leave; None for a desk login."""
    if login.address_sealed is None:
        return None
    return unseal_address(bytes(login.address_sealed), about=about_address(login.id))


def about_address(login: UUID) -> str:
    return f"people.login.address:{login}"


def seal_address(address: str, *, about: str) -> bytes:
    return environment.seal(PURPOSE, address.encode(), about=about)


def unseal_address(sealed: bytes, *, about: str) -> str:
    return environment.unseal(PURPOSE, sealed, about=about).decode()
