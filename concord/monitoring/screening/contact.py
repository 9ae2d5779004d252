"""Ways to reach somebody that stand in a text: telephone numbers, mailboxes, streets with a number.

A number counts when `phonenumbers` knows it to be valid for the region, or it is written with its country; what
looks like a version, an address on the net, a date or a price is none. A street needs its kind and a house number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import phonenumbers

from concord.monitoring.screening.found import Signal

ENOUGH_DIGITS = re.compile(r"(?<![\d])[+(]{0,2}(?:\d[ \t().\-/]{0,2}){6,16}\d(?!\d)")
MOST_TRIED = 20
MAILBOX = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?![\w@])", re.IGNORECASE
)
KINDS = (
    "street|str|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|square|terrace|court|crescent|close"
    "|apartment|apt"
)
STREET = re.compile(
    rf"\b\d{{1,5}}[a-z]?,?\s+(?:[A-Z][\w'-]{{1,30}}\s+){{1,3}}(?i:{KINDS})\b\.?"
    r"|\b\d{1,5}(?:\s?(?:bis|ter))?,?\s+(?i:rue|avenue|boulevard|place|chemin|allée|impasse|quai)\s+(?:(?:de|des|du|la|le|les|l')\s?){0,3}[\w'-]{2,30}"
    r"|\b(?i:calle|avenida|av\.|carrera|paseo|plaza|camino)\s+(?:(?:de|del|la|las|los|el)\s+){0,3}[\w'-]{2,30}(?:\s[\w'-]{2,30}){0,2},?\s+(?:n[º°o.]{1,2}\s?)?\d{1,5}\b"
    r"|(?:شارع|حي|زنقة)\s+[\w]{2,30}(?:\s[\w]{2,30}){0,3}[،,]?\s*(?:رقم\s*)?\d{1,5}",
    re.UNICODE,
)
DOTTED = re.compile(
    r"\d+\.\d+\.\d+|\d{4}-\d\d-\d\d|\d[\d.]*[:x]\d|0x[0-9a-f]+|\d+\.\d{3,}$", re.IGNORECASE
)
MOST = 5


class Contact(NamedTuple):
    """What was found: a `phone`, a `mailbox` or a `street`, and where it stands."""

    kind: str
    start: int
    end: int


def contacts_in(text: str, *, region: str | None = None, streets: bool = True) -> list[Contact]:
    """At most a few of them; one is enough for whoever looks."""
    found: list[Contact] = []
    for one in _all(text[:10_000], region, streets):
        found.append(one)
        if len(found) == MOST:
            break
    return found


def _all(text: str, region: str | None, streets: bool) -> Iterator[Contact]:
    if "@" in text:
        yield from (Contact("mailbox", *found.span()) for found in MAILBOX.finditer(text))
    yield from _phones(text, region)
    if streets and any(sign.isdigit() for sign in text):
        yield from (Contact("street", *found.span()) for found in STREET.finditer(text))


def _phones(text: str, region: str | None) -> Iterator[Contact]:
    """`phonenumbers` is asked only about what has the digits of a number: it costs more than all the rest."""
    for found in islice(ENOUGH_DIGITS.finditer(text), MOST_TRIED):
        start, end = found.span()
        typed = found[0]
        before, after = text[start - 1 : start], text[end : end + 1]
        if DOTTED.search(typed) or before.isalnum() or (before and before in "/_#=.-:$€£"):
            continue
        if after.isalnum():
            continue
        abroad = "+" in typed or typed.lstrip("(").startswith("00")
        if not abroad and region is None:
            continue
        matches = phonenumbers.PhoneNumberMatcher(typed, region, max_tries=3)
        for match in matches:
            yield Contact("phone", start + match.start, start + match.end)


MEANS = (
    "number|phone|telephone|mobile|cell|mail|email|e-mail|box|mailbox|address|house|home|flat|whatsapp"
    "|numero|telephone|portable|adresse|maison|courriel"
    "|telefono|movil|celular|correo|direccion|casa"
)
WHOSE = re.compile(
    rf"\b(?:(?:his|her|their|sa|son|leur|su|sus|[\w]+'s)\s+(?:\w+\s+){{0,2}}(?:{MEANS})\b"
    r"|hers\b|theirs\b|suya\b|call (?:him|her|them)\b|(?:lives?|living) (?:at|in|on)\b"
    r"|(?:vive|viven) en\b|(?:habite|habitent|vivent)\b)"
    r"|(?:رقمه|رقمها|عنوانه|عنوانها|يسكن|تسكن|يعيش|تعيش)"
)
OWN = re.compile(
    r"\b(?:my|our|mine|me|us|i|we|mon|ma|notre|nos|moi|mi|nuestro|nuestra|me)\b|(?:رقمي|عنواني|بريدي)"
)
STREETS = (
    *(
        " street",
        " road",
        " avenue",
        " lane",
        " square",
        " terrace",
        " crescent",
        " boulevard",
        " apartment",
    ),
    *(
        " ave ",
        " blvd",
        " st.",
        " rd.",
        "rue ",
        "place ",
        "chemin ",
        "allee ",
        "impasse ",
        "quai ",
        "calle ",
    ),
    *("avenida ", "carrera ", "paseo ", "plaza ", "camino ", "شارع", "زنقه"),
)
"""Words, folded, without one of which no street is looked for."""
OF_SOMEBODY, OF_UNKNOWN, OF_ONESELF = 60, 40, 20


def contact_signals(text: str, folded: str, *, region: str | None, streets: bool) -> list[Signal]:
    """One signal for all of it. Somebody's own number stands low; whose it is not clear, lower than another's."""
    found = contacts_in(text, region=region, streets=streets)
    if not found:
        return []
    if WHOSE.search(folded):
        rank = OF_SOMEBODY
    else:
        rank = OF_ONESELF if OWN.search(folded) else OF_UNKNOWN
    first = found[0]
    return [Signal("contact", first.start, first.end, rank, first.kind)]
