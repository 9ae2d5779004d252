"""Which addresses reach one mailbox, by what each provider is known to do; which reach several people."""

from __future__ import annotations

from dataclasses import dataclass

SHARED_NAMES = frozenset(
    """
    abuse accounts admin administration board booking bureau careers comms communication
    communications conference contact contacto contato coordination desk director directors
    enquiries events everyone family feedback finance frontdesk group hello help helpdesk hr
    info information inquiries inquiry jobs kontakt legal list mail mailbox marketing media news
    newsletter no-reply noreply office oficina participants postmaster press privacy program
    programme reception registration reply sales secretariat secretary security service services
    staff study support team volunteer volunteers webmaster welcome
    """.split()  # noqa: SIM905 (a list of fifty quoted words is harder to read and to add to)
)


@dataclass(frozen=True)
class Provider:
    """What a provider ignores in the part before the @, and the one domain its domains share."""

    tag: str = "+"
    dots: bool = False
    domain: str | None = None


OWN_DOMAIN = Provider()
GMAIL = Provider(dots=True, domain="gmail.com")
PROTON = Provider(domain="proton.me")
ICLOUD = Provider(domain="icloud.com")
OUTLOOK = Provider()
YAHOO = Provider(tag="-")
PROVIDERS = {
    "gmail.com": GMAIL,
    "googlemail.com": GMAIL,
    "proton.me": PROTON,
    "protonmail.com": PROTON,
    "pm.me": PROTON,
    "icloud.com": ICLOUD,
    "me.com": ICLOUD,
    "mac.com": ICLOUD,
    "outlook.com": OUTLOOK,
    "hotmail.com": OUTLOOK,
    "live.com": OUTLOOK,
    "msn.com": OUTLOOK,
    "ymail.com": YAHOO,
    "rocketmail.com": YAHOO,
}
PROVIDERS_BY_NAME = {"yahoo": YAHOO, "outlook": OUTLOOK, "hotmail": OUTLOOK, "live": OUTLOOK}
"""Providers with a domain in each country: yahoo.fr, yahoo.co.jp, hotmail.co.uk."""


def canonical_mailbox(address: str) -> str:
    """The one spelling of the mailbox that this address reaches. Raises ValueError for what is no address.

    Only what a provider is known to ignore is dropped: dots count everywhere but at Gmail, or honest people
    would be taken for one another.
    """
    local, domain = _split(address)
    provider = _provider(domain) or OWN_DOMAIN
    kept = local.split(provider.tag, 1)[0]
    if provider.dots:
        kept = kept.replace(".", "")
    return f"{kept or local}@{provider.domain or domain}"


def is_shared_mailbox(address: str) -> bool:
    """True when several people may read this mailbox: a role's name, or a tag at an organisation's own domain.

    What such a mailbox shows may be looked at by a person and never acts by itself. Raises ValueError.
    """
    local, domain = _split(address)
    tagged = "+" in local and _provider(domain) is None
    return tagged or local.split("+", 1)[0] in SHARED_NAMES


def _split(address: str) -> tuple[str, str]:
    local, at, domain = address.strip().casefold().rpartition("@")
    domain = domain.rstrip(".")
    if not (local and at and domain) or any(sign.isspace() for sign in local + domain):
        raise ValueError("This is not an e-mail address.")
    try:
        return local, domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("This is not an e-mail address.") from error


def _provider(domain: str) -> Provider | None:
    name, _dot, country = domain.partition(".")
    national = len(country) == 2 or country == "com" or country[:3] in {"co.", "com"}
    return PROVIDERS.get(domain) or (PROVIDERS_BY_NAME.get(name) if national else None)
