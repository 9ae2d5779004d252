"""sign_in: let in whoever holds the link or code that was mailed to them (P-OPEN-1)."""

from __future__ import annotations

import hmac
import json
import unicodedata
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from concord.people.addresses import (
    PURPOSE,
    about_address,
    seal_address,
    unseal_address,
)
from concord.people.ask_sign_in import (
    LANGUAGE,
    about,
    digest_of_browser,
    digest_of_code,
    digest_of_link,
)
from concord.people.login_of_mailbox import login_of_mailbox
from concord.people.models import Login, SignInAsk
from concord.people.signals import signed_in
from concord.refusals import Refused
from concord.vault import environment

TRIES = 5
CODE_LENGTH = 6


class WayInHasEnded(Refused):
    """The link or code was used, has run out, was tried too often, or never was."""

    words = _(
        "This link or code no longer works: it lasts ten minutes and serves once. "
        "Nothing is lost; ask for a new one."
    )
    status = 409


class AskedInAnotherBrowser(Refused):
    """The link is good, but not in this browser."""

    words = _(
        "This link works only in the browser where you asked for it. "
        "Open it there, or type the six digits of the mail there."
    )
    status = 409


class WrongCode(Refused):
    """The digits are not those of the newest mail."""

    words = _(
        "These are not the six digits of our newest mail. Look once more; "
        "after five tries a new mail is needed."
    )
    status = 409


def sign_in(link_or_code: str, *, browser: bytes, at: datetime) -> Login:
    """Take the mailbox as shown to be theirs and return its login, new or known, with what it `carried`.

    `signed_in` is announced inside the transaction; whoever lets the person into a place asks the gate
    afterwards. The ledger keeps no entry, for it would be a timed list of who attends.
    Raises WayInHasEnded, AskedInAnotherBrowser, WrongCode; a wrong code costs one of five tries.
    """
    code = _as_code(link_or_code)
    if code:
        ask = _by_code(code, browser=browser, at=at)
    else:
        ask = _by_link(link_or_code, browser=browser, at=at)
    return _let_in(ask, at=at)


def _by_link(link: str, *, browser: bytes, at: datetime) -> SignInAsk:
    ask = (
        SignInAsk.objects.alive(at)
        .filter(link_digest=digest_of_link(link), tries__lt=TRIES)
        .first()
    )
    if ask is None:
        raise WayInHasEnded()
    if not hmac.compare_digest(bytes(ask.browser_digest), digest_of_browser(browser)):
        raise AskedInAnotherBrowser(subject=ask.id)
    return ask


def ask_of_code(typed: str, *, browser: bytes, at: datetime) -> SignInAsk:
    """The ask whose six digits were typed in the browser that asked. Raises WayInHasEnded, WrongCode."""
    code = _as_code(typed)
    if not code:
        raise WrongCode()
    return _by_code(code, browser=browser, at=at)


def _by_code(code: str, *, browser: bytes, at: datetime) -> SignInAsk:
    """The newest ask of this browser, if the code is its own. A try is taken before it is compared."""
    ask = SignInAsk.objects.filter(browser_digest=digest_of_browser(browser)).first()
    if ask is None or ask.code_digest is None:
        raise WayInHasEnded()
    mine = SignInAsk.objects.alive(at).filter(id=ask.id, tries__lt=TRIES)
    if not mine.update(tries=F("tries") + 1):
        raise WayInHasEnded(subject=ask.id)
    if not hmac.compare_digest(bytes(ask.code_digest), digest_of_code(ask.id, code)):
        raise WrongCode(subject=ask.id)
    return ask


@transaction.atomic
def _let_in(ask: SignInAsk, *, at: datetime) -> Login:
    if not SignInAsk.objects.alive(at).filter(id=ask.id).update(used_at=at):
        raise WayInHasEnded(subject=ask.id)
    address = unseal_address(bytes(ask.address_sealed), about=about(ask.id, "address"))
    login = login_of_mailbox(address)
    if login.address_sealed is None:  # known by its token alone, until they told us again
        login.address_sealed = seal_address(address, about=about_address(login.id))
        login.save(update_fields=["address_sealed"])
    if not login.is_active:
        raise WayInHasEnded(subject=ask.id)
    carried = environment.unseal(
        PURPOSE, bytes(ask.carries_sealed or b""), about=about(ask.id, "carries")
    )
    login.carried = json.loads(carried)
    login.verified, login.language = True, login.carried.pop(LANGUAGE, login.language)
    login.save(update_fields=["verified", "language"])
    signed_in.send(sender=Login, login=login, at=at)
    return login


def _as_code(given: str) -> str | None:
    """Six digits of any script, however they are spaced; None for anything else."""
    packed = "".join(one for one in given if not one.isspace() and one not in "-\u2010\u2011\u2013")
    if len(packed) != CODE_LENGTH or not all(one.isdecimal() for one in packed):
        return None
    return "".join(str(unicodedata.decimal(one)) for one in packed)
