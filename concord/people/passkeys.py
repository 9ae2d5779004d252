"""Passkeys: what a browser is asked for, and whether what came back is right. The mathematics are python-fido2's.

allauth keeps the public half as it came. A passkey counts only with its owner's finger, face or number (user
verification); a challenge serves once and for ten minutes; the device's own count of uses never goes back.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.people.models import Login
from concord.refusals import Refused
from concord.vault import copies
from concord.vault.errors import NoKey

ASKED_AT = "people.passkey_asked_at"
CHALLENGE_LIFETIME = timedelta(minutes=10)
LONGEST = 20_000
"""Characters of what a browser sends; a real one takes a few hundred."""


class PasskeyNotAccepted(Refused):
    """It is not one of this person's, or answers another question than the one that was asked just now."""

    words = _(
        "This passkey was not accepted: it is not one of yours here, or it took too long. "
        "Please try once more, or take your other way."
    )
    status = 409


class Asserted(NamedTuple):
    """A passkey that was shown to be there, with its owner, and how often it has been used by its own count."""

    passkey: Authenticator
    counter: int

    @property
    def device(self) -> UUID:
        return device_of(self.passkey)


def passkeys_of(login: Any) -> list[Authenticator]:
    """This login's passkeys, the oldest first."""
    kept = Authenticator.objects.filter(user_id=login.pk, type=Authenticator.Type.WEBAUTHN)
    return list(kept.order_by("created_at"))


def device_of(passkey: Authenticator) -> UUID:
    """The name by which the vault knows the device."""
    return copies.device_of(_credential_id(passkey))


def asked_to_create(login: Login, *, at: datetime) -> dict[str, Any]:
    """What the browser needs to make a passkey, and to say at once what the device answers for the keys' copy."""
    asked = auth.begin_registration(login, False)["publicKey"]
    # One that the device keeps by name: on many phones only such a passkey answers for the copy.
    asked["authenticatorSelection"]["residentKey"] = "preferred"
    _note(at)
    return _with_question(asked, login)


def asked_to_show(login: Login, *, at: datetime) -> dict[str, Any] | None:
    """What the browser needs to ask for one of this login's passkeys; None when there are none."""
    if not passkeys_of(login):
        return None
    asked = auth.begin_authentication(login)["publicKey"]
    _note(at)
    return _with_question(asked, login)


def created(credential: dict[str, Any], *, at: datetime) -> int:
    """Check a passkey that was just made; how often it says it was used. Raises PasskeyNotAccepted."""
    _must_be_fresh(at)
    try:
        made = auth.complete_registration(credential)
    except ValidationError as error:
        raise PasskeyNotAccepted from error
    finally:
        auth.clear_state()
    return int(made.counter)


def shown(login: Login, credential: dict[str, Any], *, at: datetime) -> Asserted:
    """Check that one of this login's passkeys answered the challenge, which is used up. Raises PasskeyNotAccepted."""
    _must_be_fresh(at)
    try:
        passkey = auth.complete_authentication(login, credential)
    except ValidationError as error:
        raise PasskeyNotAccepted(subject=login.person_id) from error
    finally:
        auth.clear_state()
    answered = auth.parse_authentication_response(credential)
    return Asserted(passkey, int(answered.response.authenticator_data.counter))


def read_credential(sent: Any) -> dict[str, Any]:
    """What a browser sent, in the one shape that is ours. Whatever the device answered for the copy is left out:

    it opens somebody's keys, and what is returned here is kept. Raises PasskeyNotAccepted.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict):
        raise PasskeyNotAccepted
    inner = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
    response = {name: sent["response"][name] for name in inner if sent["response"].get(name)}
    outer = {name: sent.get(name) for name in ("id", "rawId", "type")}
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in _texts(outer, response)):
        raise PasskeyNotAccepted
    read = {**outer, "response": response, "clientExtensionResults": {}}
    parse = (
        auth.parse_registration_response
        if "attestationObject" in response
        else auth.parse_authentication_response
    )
    try:
        parse(read)
    except Exception as error:
        raise PasskeyNotAccepted from error
    return read


def read_answer(sent: str) -> bytes | None:
    """What the device answered for the copy of the keys; None when it cannot, or for anything else."""
    try:
        answer = urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
    except (binascii.Error, ValueError):
        return None
    return answer if len(answer) == copies.ANSWER_BYTES else None


def is_elsewhere(credential: dict[str, Any]) -> bool:
    """Whether any login here has a passkey of this very name: no device is two people's."""
    mine = copies.device_of(auth.parse_registration_response(credential).raw_id)
    known = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    return any(device_of(one) == mine for one in known)


def _credential_id(passkey: Authenticator) -> bytes:
    return bytes(passkey.wrap().authenticator_data.credential_data.credential_id)


def _with_question(asked: dict[str, Any], login: Login) -> dict[str, Any]:
    try:
        question = copies.question_for(login.person_id)
    except NoKey:
        return dict(asked)
    first = urlsafe_b64encode(question).rstrip(b"=").decode()
    extensions = {**(asked.get("extensions") or {}), "prf": {"eval": {"first": first}}}
    return {**asked, "extensions": extensions}


def _texts(*parts: dict[str, Any]) -> list[Any]:
    return [text for part in parts for text in part.values()]


def _note(at: datetime) -> None:
    context.request.session[ASKED_AT] = at.isoformat()


def _must_be_fresh(at: datetime) -> None:
    asked_at = context.request.session.pop(ASKED_AT, None)
    if asked_at is None or at - datetime.fromisoformat(asked_at) > CHALLENGE_LIFETIME:
        auth.clear_state()
        raise PasskeyNotAccepted
