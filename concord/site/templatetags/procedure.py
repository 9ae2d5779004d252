"""How we go about it, told beside the policy from the very settings and clocks by which it is done (I-PROC-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django import template
from django.conf import settings
from django.utils.translation import pgettext

from concord.actions.ask_review import ANSWER_LIVE, ANSWER_OTHERWISE
from concord.reports.promise import LIVE, OTHERWISE

register = template.Library()
HOUR = timedelta(hours=1)


@register.inclusion_tag("site/_procedure.html")
def procedure() -> dict[str, object]:
    """Three times that people can hold us to. A published version says none of them, for it never changes."""
    return {
        "live_minutes": LIVE // timedelta(minutes=1),
        "hours": OTHERWISE // HOUR,
        "rings_minutes": _listed(settings.CONCORD_RINGS_LIVE_MINUTES),
        "rings_hours": _listed(settings.CONCORD_RINGS_HOURS),
        "review_days": settings.CONCORD_REVIEW_DAYS,
        "review_hours": ANSWER_LIVE // HOUR,
        "review_answer_days": ANSWER_OTHERWISE.days,
    }


def _listed(numbers: Iterable[int]) -> str:
    return pgettext("between names", ", ").join(str(number) for number in numbers)
