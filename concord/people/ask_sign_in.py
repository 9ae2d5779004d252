"""ask_sign_in: mail a link and a six-digit code to whoever asks for a way in (P-OPEN-1, P-RISK-1)."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from concord.letters.send import send_template
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.addresses import PURPOSE, mailbox_token, read_address, seal_address
from concord.people.languages import known_language
from concord.people.models import SignInAsk
from concord.vault import environment

LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)
LANGUAGE = " language"
"""What the ask carries of its own, under a name that no field of a form has."""
CODES_AN_HOUR = 5
"""Beyond these a mail carries its link alone: no number of asks makes six digits guessable."""
MAILS_AN_HOUR = 30
"""Beyond these nothing is sent, so that nobody's mailbox is flooded from here."""


@transaction.atomic
def ask_sign_in(
    address: str,
    *,
    browser: bytes,
    carries: dict[str, Any] | None,
    language: str,
    at: datetime,
    letter: str = "people.sign_in",
) -> SignInAsk:
    """Leave a letter with a link and a code that die together: after ten minutes, five tries, or one use.

    Both serve only the browser that asked. `carries` comes back with the sign-in. The same is done and
    answered for an address that is known, unknown or shut out. The language comes back with it, for later
    letters. Another `letter` asks for the digits alone, as `own_mailbox` does. The ledger keeps no entry, for it
    would be a timed list of who attends. Raises ValueError when `address` is not one.
    """
    address = read_address(address)
    token = mailbox_token(address)
    lately = SignInAsk.objects.filter(
        mailbox_token=token, asked_at__gt=at - timedelta(hours=1)
    ).count()
    link = secrets.token_urlsafe(24)
    code = f"{secrets.randbelow(10**6):06}" if lately < CODES_AN_HOUR else None
    carried = {**(carries or {}), LANGUAGE: known_language(language)}
    ask = _write_down(address, token, link, code, browser, carried, at)
    if lately < MAILS_AN_HOUR:
        _mail(letter, address, link, code, language, at)
    return ask


def digest_of_link(link: str) -> bytes:
    return environment.mac("sign-in link", link.encode(), 32)


def digest_of_code(ask: uuid.UUID, code: str) -> bytes:
    return environment.mac("sign-in code", ask.bytes + code.encode(), 32)


def digest_of_browser(browser: bytes) -> bytes:
    return environment.mac("sign-in browser", browser, 32)


def about(ask: uuid.UUID, field: str) -> str:
    return f"people.signinask.{field}:{ask}"


def _write_down(
    address: str,
    token: bytes,
    link: str,
    code: str | None,
    browser: bytes,
    carries: dict[str, Any],
    at: datetime,
) -> SignInAsk:
    id = uuid.uuid4()
    return SignInAsk.objects.create(
        id=id,
        mailbox_token=token,
        link_digest=digest_of_link(link),
        code_digest=digest_of_code(id, code) if code else None,
        browser_digest=digest_of_browser(browser),
        address_sealed=seal_address(address, about=about(id, "address")),
        carries_sealed=environment.seal(
            PURPOSE, json.dumps(carries).encode(), about=about(id, "carries")
        ),
        asked_at=at,
        dies_at=at + LIFETIME,
    )


def _mail(
    letter: str, address: str, link: str, code: str | None, language: str, at: datetime
) -> None:
    path = reverse("sign_in_link", args=[link], urlconf=settings.ROOT_URLCONF)
    send_template(
        letter,
        to=address,
        context={
            "host": settings.CONCORD_HOST_NAME,
            "link": f"{settings.CONCORD_PUBLIC}{path}",
            "code": f"{code[:3]} {code[3:]}" if code else "",
            "minutes": int(LIFETIME.total_seconds() // 60),
        },
        language=known_language(language),
        at=at,
    )


@every("people.sweep_asks", seconds=3600)
def sweep_asks(job: Job, *, at: datetime) -> None:
    """Forget who asked for a way in, a day later."""
    SignInAsk.objects.filter(asked_at__lt=at - KEPT).delete()
