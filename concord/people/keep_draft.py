"""keep_draft: what was typed when the desk locked is sealed to its writer, and waits for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.outbox.clocks import erases
from concord.people.models import Draft
from concord.vault import environment, keys
from concord.vault.errors import NoKey
from concord.vault.keyring import Keyring
from concord.vault.padding import pad, unpad

LONGEST = 1_000_000
"""Bytes: ten thousand words in any script, several times over."""
MOST = 20
KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Typed:
    """What was typed: into which fields of which form, on which page, and how far down it was read."""

    page: str
    action: str
    fields: list[tuple[str, str]]
    scroll: int = 0


@transaction.atomic
def keep_draft(person: UUID, typed: Typed, *, was_sent: bool, at: datetime) -> Draft | None:
    """Seal it to its writer, in place of what was kept of the same page before. None when nothing can be kept.

    The server can seal while the desk is locked, and open nothing: that takes the writer's keys.
    """
    text = json.dumps(vars(typed)).encode()
    if len(text) > LONGEST or not any(value for _name, value in typed.fields):
        return None
    place = _place(typed.action if was_sent else typed.page)
    theirs = Draft.objects.filter(person=person)
    theirs.filter(place=place, was_sent=was_sent).delete()
    theirs.filter(id__in=[one.id for one in theirs[MOST - 1 :]]).delete()
    draft = Draft(person_id=person, place=place, was_sent=was_sent, made_at=at)
    try:
        draft.sealed = keys.seal_for_self(person, pad(text), about=_about(draft))
    except NoKey:
        return None
    draft.save(force_insert=True)
    return draft


def read_draft(draft: Draft, keyring: Keyring) -> Typed:
    """What was typed, for its writer."""
    held = json.loads(unpad(keyring.open_sealed(bytes(draft.sealed), about=_about(draft))))
    return Typed(**{**held, "fields": [(name, value) for name, value in held["fields"]]})


@transaction.atomic
def take_draft(person: UUID, *, page: str, keyring: Keyring) -> Typed | None:
    """What was typed on this page and not sent, once: it is on the page again and kept no more."""
    draft = Draft.objects.filter(person=person, place=_place(page), was_sent=False).first()
    if draft is None:
        return None
    typed = read_draft(draft, keyring)
    draft.delete()
    return typed


@transaction.atomic
def drop_draft(person: UUID, *, id: UUID) -> int:
    """It was sent after all, or its writer lets it go."""
    dropped, _each = Draft.objects.filter(person=person, id=id).delete()
    return dropped


def seal_drafts_again(person: UUID, *, by: Keyring) -> None:
    """Their keys are other ones now: what the former ones open is sealed to these."""
    for draft in Draft.objects.select_for_update().filter(person=person):
        text = by.open_sealed(bytes(draft.sealed), about=_about(draft))
        draft.sealed = keys.seal_for_self(person, text, about=_about(draft))
        draft.save(update_fields=["sealed"])


def _due(at: datetime) -> Iterable[date]:
    over = Draft.objects.filter(made_at__lte=at - KEPT_FOR)
    return [(moment + KEPT_FOR).date() for moment in over.values_list("made_at", flat=True)]


@erases("people.forget_drafts", _("what staff had typed when their desk locked"), due=_due)
@transaction.atomic
def forget_drafts(*, at: datetime) -> int:
    """After a day it is gone."""
    return Draft.objects.filter(made_at__lte=at - KEPT_FOR).delete()[0]


def _place(path: str) -> bytes:
    return environment.mac("draft place", path.encode())


def _about(draft: Draft) -> str:
    return f"people.draft.sealed:{draft.id}:{draft.person_id}"
