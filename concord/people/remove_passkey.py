"""remove_passkey: the phone is lost, or another one takes its place."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import Login
from concord.people.passkeys import device_of
from concord.refusals import Refused
from concord.vault import copies


class LastSecondFactor(Refused):
    """Without a second factor a passphrase alone would open the desk."""

    words = _("This is your only second step. Connect an app or another passkey first.")
    status = 409


@transaction.atomic
def remove_passkey(passkey: Authenticator, *, at: datetime) -> None:
    """Forget a passkey, and destroy the copy of the keys that it opened. Removing a removed one changes nothing.

    Raises LastSecondFactor.
    """
    login = Login.objects.select_for_update().get(pk=passkey.user_id)
    others = Authenticator.objects.filter(user=login).exclude(pk=passkey.pk)
    if not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise LastSecondFactor(subject=login.person_id)
    device = device_of(passkey)
    removed, _ = Authenticator.objects.filter(pk=passkey.pk).delete()
    if removed:
        copies.drop_copy(login.person_id, device=device, at=at)
        record("people.remove_passkey", actor=login.person_id, subject=login.person_id, at=at)
