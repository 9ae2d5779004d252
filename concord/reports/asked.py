"""What somebody asks about the policy, as it was typed; and who answers such questions (P-CONTACT-1)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault.keyholders import keyholders

ANSWER_WITHIN = timedelta(days=7)
"""A question about the policy has time, unlike a report."""


class NothingAsked(Refused):
    """No words came."""

    words = _("This box is still empty. A few words are enough.")
    status = 409


@dataclass(frozen=True)
class Asked:
    """The words, an address if one was left, and the language of the form."""

    words: str
    contact: str = ""
    language: str = "en"

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Asked:
        return cls(**json.loads(plain))


def who_answer(at: datetime) -> set[UUID]:
    """The policy contact: the designated staff whose keys count, whether or not they receive reports."""
    return keyholders(StaffMember.objects.who_may_concur(at).values_list("person_id", flat=True))


def about_question(question: UUID) -> str:
    return f"question:{question}"
