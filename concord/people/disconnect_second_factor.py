"""disconnect_second_factor: the phone is lost; the next sign-in connects another."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from concord.ledger.record import record
from concord.people.models import Login
from concord.vault import copies


@transaction.atomic
def disconnect_second_factor(login: Login, *, at: datetime) -> int:
    """Forget the app, the passkeys and the recovery codes of a desk login; the number of what was forgotten.

    The copies of the keys that passkeys open are destroyed with them.

    The passphrase still stands between anybody and the keys. From the command line only, so there is no
    actor; the entry in the ledger lets the person and the team see that it happened.
    """
    forgotten, _ = Authenticator.objects.filter(user=login).delete()
    copies.drop_copies(login.person_id, at=at)
    if forgotten:
        record("people.disconnect_second_factor", actor=None, subject=login.person_id, at=at)
    return forgotten
