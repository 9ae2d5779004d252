"""public_halves: what anybody may know of keys, carried to where something is to be sealed to the same people."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from concord.vault.models import PersonKey, RecoveryKey


@dataclass(frozen=True)
class PublicHalves:
    """The public halves of some holders' keys, and of recovery. No secret, sealed or not, is among them."""

    people: list[PersonKey]
    recovery: list[RecoveryKey]

    def enter(self) -> None:
        """Write them into the database in use, which knows none of these keys yet."""
        PersonKey.objects.bulk_create(self.people)
        RecoveryKey.objects.bulk_create(self.recovery)


def public_halves(holders: Collection[UUID]) -> PublicHalves:
    """Those that count now."""
    keys = PersonKey.objects.counting().filter(holder__in=holders)
    recovery = RecoveryKey.objects.filter(retired_at__isnull=True)
    return PublicHalves([_without_secrets(key) for key in keys], list(recovery))


def _without_secrets(key: PersonKey) -> PersonKey:
    public = copy(key)
    public.salt = public.sealed_secret = public.sealed_to_recovery = b""
    return public
