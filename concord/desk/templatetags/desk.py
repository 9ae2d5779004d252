"""What every page at the desk shows of one's inbox: a number, and nothing about what it counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.http import HttpRequest

from concord.desk.how_much_waits import how_much_waits
from concord.desk.waiting import Waiting
from concord.monitoring.items import COUNTED
from concord.people.current import staff_of

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_count(context: template.Context) -> int:
    """How much waits for whoever reads this page; counted only among what they may see."""
    request = context.get("request")
    if not isinstance(request, HttpRequest):
        return 0
    lies_here = context.get("waiting")
    if isinstance(lies_here, Waiting):
        return lies_here.number
    staff = staff_of(request)
    at = request.at  # type: ignore[attr-defined]
    return how_much_waits(staff, at=at) if staff else 0


@register.filter
def counted(number: int) -> str:
    """A number as far as it is counted; beyond that there are many."""
    return str(number) if number < COUNTED else f"{COUNTED - 1}+"


@register.filter
def named(names: dict[Any, str], person: Any) -> str:
    """The working name of a person, from names that the page looked up together."""
    return names.get(person, "")


@register.filter
def has(named: Iterable[tuple[Any, str]], person: Any) -> bool:
    """Whether this person is among those who are named with their ids."""
    return any(one == person for one, _name in named)
