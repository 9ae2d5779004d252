"""send: write a letter, seal it to the delivery key, and leave it for the worker."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from concord.letters.models import Letter
from concord.letters.registry import is_cleared, kind_of
from concord.outbox.leave import leave
from concord.refusals import Refused
from concord.vault import environment


class NeedsVerdict(Refused):
    """A guarded letter needs the guard's verdict on this very text."""


def compose(kind: str, *, context: dict[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of a letter in one language. The template's first line is the subject."""
    with translation.override(language):
        text = render_to_string(kind_of(kind).template, context)
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


@transaction.atomic
def send(
    kind: str,
    *,
    to: str,
    subject: str,
    body: str,
    language: str,
    at: datetime,
    verdict: UUID | None = None,
    waits_for: UUID | None = None,
) -> Letter:
    """Leave one letter to be carried out; with `waits_for`, once `release` is called for that id.

    Raises `NeedsVerdict` for a guarded kind without a verdict (K-NAME-1); the database refuses it as well.
    """
    guarded = kind_of(kind).guarded
    if guarded and not is_cleared(verdict, subject, body):
        raise NeedsVerdict()
    letter_id = uuid4()
    contents = json.dumps({"to": to, "subject": subject, "body": body, "language": language})
    letter = Letter.objects.create(
        id=letter_id,
        kind=kind,
        guarded=guarded,
        verdict=verdict,
        waits_for=waits_for,
        sealed=environment.seal("delivery", contents.encode(), about=f"letter:{letter_id}"),
        left_at=at,
    )
    if waits_for is None:
        leave("letters.deliver", subject=letter.id, at=at)
    return letter


def send_template(
    kind: str, *, to: str, context: dict[str, Any], language: str, at: datetime
) -> Letter:
    """Send a fixed template. Only for unguarded kinds: sign-in, notices without contents."""
    subject, body = compose(kind, context=context, language=language)
    return send(kind, to=to, subject=subject, body=body, language=language, at=at)
