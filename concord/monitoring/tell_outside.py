"""tell_outside: a promise that the team broke is raised to the outside contact: a code, and nothing of what it is."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise as Words
from django.utils.translation import override

from concord.letterbox.models import Box
from concord.letterbox.push import push
from concord.monitoring.readers import outside_contact
from concord.monitoring.ring import ring


def tell_outside(words: str | Words, *, code: str, at: datetime) -> None:
    """Lay a note in their standing box and ring them; nothing, while nobody is named."""
    contact = outside_contact(at)
    box = Box.objects.filter(id=contact.holder).first() if contact else None
    if contact is None or box is None:
        return
    with override(settings.LANGUAGE_CODE):
        said = str(words) % {"code": code}
    push(box, said.encode(), kind="promise", at=at)
    ring([contact.holder], at=at)
