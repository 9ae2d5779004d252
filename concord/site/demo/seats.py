"""The chairs round the table: who sits where, under which host name. Settings read this."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Seat:
    """One chair. `key` is its host's first word; whoever opens the host sits there, already signed in."""

    key: str
    name: str
    part: str | Promise
    desk: bool = False

    @property
    def host(self) -> str:
        return f"{self.key}-desk.localhost" if self.desk else f"{self.key}.localhost"


@dataclass(frozen=True)
class Browser:
    """A browser that nobody is signed in to: for somebody who has to come in by the real forms."""

    key: str
    name: str
    address: str
    part: str | Promise

    @property
    def host(self) -> str:
        return f"{self.key}.localhost"


ANA = Seat("ana", "Ana", _("takes part, on a phone"))
KARIM = Seat("karim", "Karim", _("writes what hurts her"))
AMARA = Seat("amara", "Amara", _("coordinates"), desk=True)
LUIS = Seat("luis", "Luis", _("colleague on call"), desk=True)
RAVI = Seat("ravi", "Ravi", _("colleague, close to Karim"), desk=True)
INES = Seat("ines", "Ines", _("keeps the machines"), desk=True)
SEATS = (ANA, KARIM, AMARA, LUIS, RAVI, INES)

AGAIN = Browser("again", "Karim", "karim.haddad+again@gmail.com", _("in another browser"))
KARIMA = Browser("karima", "Karima", "karima.haddad@gmail.com", _("his colleague, new here"))
FRESH = (AGAIN, KARIMA)


def seat_at(host: str) -> Seat | None:
    """The chair that a host name leads to, or None."""
    return next((seat for seat in SEATS if seat.host == _name(host)), None)


def browser_at(host: str) -> Browser | None:
    """The fresh browser behind a host name, or None."""
    return next((browser for browser in FRESH if browser.host == _name(host)), None)


def _name(host: str) -> str:
    return host.split(":", 1)[0].lower()
