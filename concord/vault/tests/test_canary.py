from django.core import serializers
from django.db.models import Model

from concord.ledger.models import Entry
from concord.vault import environment, files, keys, models, recovery, streams
from concord.vault.tests.conftest import PASSPHRASE

CANARY = "CANARY-7fd1"


def every_stored_byte():
    """All rows of this room and the ledger, with binary fields as bytes and as base64."""
    rows = [
        row
        for table in vars(models).values()
        if isinstance(table, type) and issubclass(table, Model)
        for row in table._default_manager.all()
    ]
    for row in rows:
        for field in row._meta.fields:
            value = getattr(row, field.attname)
            yield value if isinstance(value, bytes) else str(value).encode()
    yield serializers.serialize("json", [*rows, *Entry.objects.all()]).encode()


def test_no_plain_text_lies_in_any_stored_row(noor, sam, shares, at, later):
    file = files.open_file(readers=[noor.holder], at=at).id
    text = f"{CANARY} {noor.secret().hex()}".encode()
    sealed = [
        files.seal(file, text, about="note:1"),
        environment.seal("mail", text, about="login:1"),
        keys.seal_for(noor.holder, text, about="x"),
        *streams.seal_chunks(file, [text], about="document:1"),
    ]
    new = keys.generate_passphrase()
    recovery.recover_passphrase(sam.holder, new, secret=recovery.combine(shares[:2]), at=later)
    secrets = [CANARY.encode(), PASSPHRASE.encode(), new.encode()]
    secrets += [half for ring in (noor, sam) for half in (ring.secret()[:32], ring.secret()[32:])]
    secrets += [ring.secret()[:32].hex().encode() for ring in (noor, sam)]
    for stored in [*every_stored_byte(), *sealed]:
        assert not any(secret in stored for secret in secrets)
