"""What pages say of passkeys, and of when the desk locks."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from django import template
from django.http import HttpRequest

from concord.people.passkeys import device_of
from concord.vault import copies, session

register = template.Library()


@register.filter
def as_json(asked: dict[str, Any]) -> str:
    """What a script reads from an attribute; the page escapes it like any text."""
    return json.dumps(asked)


@register.filter
def opens_desk(passkey: Authenticator) -> bool:
    """Whether a copy of its owner's keys is kept for it."""
    return device_of(passkey) in copies.devices_of(passkey.user.person_id)


@register.simple_tag(takes_context=True)
def lock_times(context: template.Context) -> dict[str, Any]:
    """After how many idle seconds this desk locks, and when it closes; nothing for one that does not."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or getattr(request, "keyring", None) is None:
        return {}
    ends_at = session.ends_at(request)
    return {
        "idle": session.idle_seconds(request),
        "ends_at": ends_at.isoformat() if ends_at else "",
    }
