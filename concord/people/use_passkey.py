"""use_passkey: count that a passkey was used; one that counts backwards may be a copy of it."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.people.passkeys import Asserted, PasskeyNotAccepted
from concord.refusals import Refused


class PasskeyMayBeCopied(Refused):
    """The device says that it was used less often than we have seen it. Devices that do not count say nought."""

    words = _(
        "This passkey was not accepted: there may be a second one like it. "
        "Take your other way in, then remove it under “How you sign in”."
    )


@transaction.atomic
def use_passkey(asserted: Asserted, *, at: datetime) -> Authenticator:
    """Note the device's own count. Raises PasskeyMayBeCopied; PasskeyNotAccepted when it was removed meanwhile."""
    kept = Authenticator.objects.select_for_update().filter(pk=asserted.passkey.pk).first()
    if kept is None:
        raise PasskeyNotAccepted
    last = kept.data.get("sign_count", 0)
    if (last or asserted.counter) and asserted.counter <= last:
        raise PasskeyMayBeCopied(subject=kept.user.person_id)
    kept.data = {**kept.data, "sign_count": asserted.counter}
    kept.last_used_at = at
    kept.save(update_fields=["data", "last_used_at"])
    return kept
