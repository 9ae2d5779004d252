"""review_reference: the number in a notice by which "ask us to look again" finds the decision it is about.

The notice is signed before there is a decision, so its link cannot name one. It carries a random number instead,
which both people agree to with the rest of the text; when the decision is carried out, a keyed hash of that
number is written beside it. The number says nothing and opens nothing: whoever sends it has their request read
by people who had no part in the decision, and that is all.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from concord.actions.models import NoticeReference
from concord.concurrence.models import Decision, Execution
from concord.concurrence.signals import executed
from concord.vault import environment

DIGITS = 30
"""About a hundred bits. Digits alone: no name that must not leave can stand in them by chance."""
_REFERENCE = re.compile(rf"(?<![0-9])[0-9]{{{DIGITS}}}(?![0-9])")


def review_link() -> str:
    """The address of the form, with a new number."""
    number = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    path = reverse("review", urlconf=settings.ROOT_URLCONF)
    return f"{settings.CONCORD_PUBLIC}{path}?of={number}"


def link_to(execution: Execution) -> str:
    """The address of the form, with a new number that leads to what was carried out."""
    link = review_link()
    NoticeReference.objects.create(token=_token(link.rpartition("=")[2]), execution=execution)
    return link


def executions_named_by(number: str) -> list[Execution]:
    """What was carried out under a notice with this number; nothing for any other text."""
    if not _REFERENCE.fullmatch(number):
        return []
    kept = NoticeReference.objects.filter(token=_token(number)).select_related("execution")
    return [reference.execution for reference in kept]


@receiver(executed)
def keep_reference(
    sender: Any, execution: Execution, decision: Decision, contents: dict[str, Any], **kwargs: Any
) -> None:
    """Write down which decision the number in the signed notice leads to. A notice without one has none."""
    texts = contents["texts"]
    bodies = [texts["notice_body"], *(own["body"] for own in texts.get("own_notices", {}).values())]
    for number in set(_REFERENCE.findall("\n".join(bodies))):
        NoticeReference.objects.get_or_create(token=_token(number), execution=execution)


def _token(number: str) -> bytes:
    return environment.mac("review reference", number.encode(), 32)
