"""review_pass: what names a shut or a limit to the page where a review is asked for. It opens nothing."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

_SALT = "concord.access.review"


def review_pass_of(standing: UUID) -> str:
    """For the id of a shut or a limit."""
    return signing.dumps(str(standing), salt=_SALT)


def named_by(review_pass: str) -> UUID | None:
    """The id that it names; None for anything that we did not write."""
    try:
        return UUID(signing.loads(review_pass, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
