"""name_passkey: what its owner calls a passkey."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction


@transaction.atomic
def name_passkey(passkey: Authenticator, *, name: str) -> Authenticator:
    """Call it something else. Nobody but its owner sees the name."""
    kept = Authenticator.objects.select_for_update().get(pk=passkey.pk)
    kept.data = {**kept.data, "name": name}
    kept.save(update_fields=["data"])
    return kept
