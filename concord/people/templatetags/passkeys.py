"""What pages about passkeys say of them."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from django import template

from concord.people.passkeys import device_of
from concord.vault import copies

register = template.Library()


@register.filter
def as_json(asked: dict[str, Any]) -> str:
    """What a script reads from an attribute; the page escapes it like any text."""
    return json.dumps(asked)


@register.filter
def opens_desk(passkey: Authenticator) -> bool:
    """Whether a copy of its owner's keys is kept for it."""
    return device_of(passkey) in copies.devices_of(passkey.user.person_id)
