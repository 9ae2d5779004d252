"""Tables of the vault. Holders are opaque ids; every `sealed…` field is unreadable to the server."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from concord.vault.errors import NoRecoveryKey
from concord.vault.signing import fingerprint


class RecoveryKeyQuerySet(models.QuerySet["RecoveryKey"]):
    def current(self) -> RecoveryKey:
        """The key in force. Raises NoRecoveryKey before set-up has made one."""
        key = self.filter(retired_at=None).first()
        if key is None:
            raise NoRecoveryKey
        return key


class RecoveryKey(models.Model):
    """The public halves of the organisation's recovery key; the private half exists only as shares on paper.

    A remade key carries the signature of the one before it, so that an audit can walk from the pinned one.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    reading_public = models.BinaryField(max_length=32)
    signing_public = models.BinaryField(max_length=32)
    shares = models.PositiveSmallIntegerField()
    threshold = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    vouched_by_last = models.BinaryField(max_length=64, default=b"")

    objects = RecoveryKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(retired_at=None), name="vault_one_recovery_key"
            ),
        ]

    def __str__(self) -> str:
        return fingerprint(bytes(self.reading_public), bytes(self.signing_public))


class PersonKeyQuerySet(models.QuerySet["PersonKey"]):
    def counting(self, *, at: datetime | None = None) -> PersonKeyQuerySet:
        """Keys that count: countersigned and not retired; at a moment, or now."""
        if at is None:
            return self.filter(enrolled_at__isnull=False, retired_at__isnull=True)
        alive = Q(retired_at__isnull=True) | Q(retired_at__gt=at)
        return self.filter(alive, enrolled_at__lte=at)


class PersonKey(models.Model):
    """One holder's keys: public halves in the clear, private halves under the passphrase and under recovery.

    It counts from `enrolled_at`, when another person's key (or, for the first two, recovery) signed it.
    A standing reader without passphrase, such as the outside contact, has the reading half only.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    holder = models.UUIDField(db_index=True)
    reading_public = models.BinaryField(max_length=32)
    signing_public = models.BinaryField(max_length=32, default=b"")
    salt = models.BinaryField(max_length=16, default=b"")
    passes = models.PositiveIntegerField(default=0)
    memory = models.PositiveBigIntegerField(default=0)
    sealed_secret = models.BinaryField(default=b"")
    sealed_to_recovery = models.BinaryField(default=b"")
    made_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    countersigner = models.UUIDField(null=True)
    countersignature = models.BinaryField(max_length=64, default=b"")
    retired_at = models.DateTimeField(null=True)

    objects = PersonKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(retired_at=None), name="vault_one_key_a_holder"
            ),
            models.CheckConstraint(
                condition=Q(enrolled_at=None) | Q(countersigner__isnull=False),
                name="vault_enrolled_means_countersigned",
            ),
            models.CheckConstraint(
                condition=~Q(countersigner=models.F("holder")), name="vault_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint

    @property
    def fingerprint(self) -> str:
        """What people compare and pin: the public halves' SHA-256, cut to 32 hex digits in fours."""
        return fingerprint(bytes(self.reading_public), bytes(self.signing_public))


class KeyCopy(models.Model):
    """A person's keys once more, for one device; its id names the device, `sealed` opens by its answer alone.

    Goes with a new passphrase, with the device, with the key. See `copies`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    key = models.ForeignKey(PersonKey, on_delete=models.CASCADE, related_name="copies")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Ceremony(models.Model):
    """Somebody's passphrase is being brought back. What it holds opens with their new one alone; see `ceremony`.

    Its row stays, emptied, when it is over: that it was, and who began it, can be told.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.UUIDField(db_index=True)
    begun_by = models.UUIDField()
    code_digest = models.BinaryField(max_length=32, default=b"")
    hands_to = models.JSONField(default=list)
    public = models.BinaryField(max_length=32, default=b"")
    salt = models.BinaryField(max_length=16, default=b"")
    passes = models.PositiveIntegerField(default=0)
    memory = models.PositiveBigIntegerField(default=0)
    sealed_private = models.BinaryField(default=b"")
    begun_at = models.DateTimeField()
    dies_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["holder"], condition=Q(over_at=None), name="vault_one_ceremony_a_holder"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class TypedShare(models.Model):
    """A share that its holder typed, sealed to the ceremony: one a person, each share once."""

    ceremony = models.ForeignKey(Ceremony, on_delete=models.CASCADE, related_name="typed")
    by = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    identifier = models.PositiveIntegerField()
    sealed = models.BinaryField()
    typed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "by"], name="vault_one_share_a_person"),
            models.UniqueConstraint(fields=["ceremony", "number"], name="vault_each_share_once"),
        ]

    def __str__(self) -> str:
        return str(self.ceremony_id)


class HandedShare(models.Model):
    """A new share of the recovery key, sealed to the person who shall have it, until it is on paper."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.UUIDField(db_index=True)
    key = models.UUIDField()
    sealed = models.BinaryField()
    handed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.holder)


class VaultFile(models.Model):
    """One thing with readers: a report, a case, a briefing. It holds no contents itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)


class Epoch(models.Model):
    """A key pair of a file. The server keeps the public half only; a departure begins the next epoch."""

    id = models.UUIDField(primary_key=True, editable=False)
    file = models.ForeignKey(VaultFile, on_delete=models.CASCADE, related_name="epochs")
    number = models.PositiveIntegerField()
    public = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="vault_one_epoch_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"


class Grant(models.Model):
    """An epoch's private half, sealed to one public key: a person's, recovery's, or another file's.

    `holder` says whose it is (for a file: that file's id), `key` to which exact public key it is sealed.
    A dormant grant shows its holder the row and never the contents; the server holds that rule, not the
    mathematics.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        RECOVERY = "recovery"
        FILE = "file"

    epoch = models.ForeignKey(Epoch, on_delete=models.CASCADE, related_name="grants")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    holder = models.UUIDField(db_index=True)
    key = models.UUIDField(db_index=True)
    sealed = models.BinaryField()
    dormant = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["epoch", "holder"], name="vault_one_grant_a_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.holder}"


class OwedGrant(models.Model):
    """A grant that nobody present could make; the next active holder who comes by makes it."""

    file = models.ForeignKey(VaultFile, on_delete=models.CASCADE, related_name="owed")
    holder = models.UUIDField()
    owed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "holder"], name="vault_owed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.holder}"
