"""restore_post: undo a removal; the post is back where it was (R-ACT-DELETE, A-THOUGHT-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from concord.ledger.record import record
from concord.spaces import news
from concord.spaces.models import Post, Removal, Room
from concord.spaces.remove_post import about
from concord.vault import files
from concord.vault.keyring import Keyring


@transaction.atomic
def restore_post(removal: Removal, *, keyring: Keyring, by: UUID | None, at: datetime) -> Removal:
    """Open the sealed text and put the post back. An undone removal stays undone; asking again changes nothing.

    A post that has been forgotten meanwhile (`forget_posts`) stays so: its removal ends, its text does not return.

    Raises vault's NoGrant when the keyring may not open the removal's file, Tampered when the text was changed.
    """
    room = Room.objects.held().get(posts=removal.post_id)
    removal = Removal.objects.get(id=removal.id)
    if removal.undone_at is not None:
        return removal
    text = files.unseal(
        removal.file, bytes(removal.sealed), about=about(removal.post_id), keyring=keyring
    )
    removal.undone_at, removal.undone_number = at, room.allot()
    removal.save(update_fields=["undone_at", "undone_number"])
    gone = not Post.objects.kept().filter(id=removal.post_id).exists()
    said = "" if gone else text.decode()
    Post.objects.filter(id=removal.post_id).update(text=said, removed=False)
    record("spaces.restore_post", actor=by, subject=removal.id, at=at, warrant=removal.warrant)
    news.tell(room, removal.undone_number)
    return removal
