"""check_verdict: whether the guard read this very text; letters asks it before a guarded one is left."""

from __future__ import annotations

from uuid import UUID

from concord.survivors.models import Verdict
from concord.survivors.read_text import digest_of, join


def check_verdict(verdict: UUID, *texts: str) -> bool:
    """True when a verdict stands for exactly these texts."""
    return Verdict.objects.filter(id=verdict, text_digest=digest_of(join(texts))).exists()
