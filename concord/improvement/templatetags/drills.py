"""What pages show of drills."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from concord.improvement import drill_chart
from concord.improvement.models import Drill
from concord.people.current import staff_of

register = template.Library()


@register.filter
def spoken(seconds: int | None) -> str:
    """A number of seconds as people say it."""
    return drill_chart.spoken(seconds)


@register.filter
def chart_height(bars: list[drill_chart.Bar]) -> int:
    return len(bars) * drill_chart.LINE


@register.simple_tag(takes_context=True)
def drill_that_is_on(context: template.Context) -> Drill | None:
    """For whoever is at the desk in earnest: the drill to which they are asked to come, if any is on."""
    request = context.get("request")
    if not isinstance(request, HttpRequest) or hasattr(request, "drill"):
        return None
    staff = staff_of(request)
    drill = Drill.objects.first() if staff and staff.may_monitor else None
    at = request.at  # type: ignore[attr-defined]
    return drill if drill and not drill.is_over(at) else None
