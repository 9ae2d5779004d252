"""readings: who read one thing, how often, and when last. The only look into the ledger for rooms below the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from concord.ledger.models import Entry


class Reading(NamedTuple):
    """One person's readings of one thing."""

    actor: UUID
    times: int
    last: datetime


def readings(subject: UUID, *, verb: str) -> list[Reading]:
    """Whoever read it last comes first (K-CONF-1)."""
    read = Entry.objects.filter(subject=subject, verb=verb, actor__isnull=False)
    rows = read.values_list("actor").annotate(times=Count("id"), last=Max("at")).order_by("-last")
    return [Reading(*row) for row in rows]


def was_recorded(verb: str, *, subject: UUID) -> bool:
    """Whether this was entered before: what follows from it is not done a second time."""
    return Entry.objects.filter(verb=verb, subject=subject).exists()


def last_act(actor: UUID, *, subjects: Iterable[UUID] | None = None) -> datetime | None:
    """When somebody last did or read anything, or what is entered under one of these ids; None when never."""
    acts = Entry.objects.filter(actor=actor)
    if subjects is not None:
        acts = acts.filter(subject__in=list(subjects))
    return acts.aggregate(last=Max("at"))["last"]


def last_of_any(verbs: Iterable[str], *, subjects: Iterable[UUID]) -> datetime | None:
    """When one of these things was last entered under one of these ids, by whomever; None when never."""
    acts = Entry.objects.filter(verb__in=list(verbs), subject__in=list(subjects))
    return acts.aggregate(last=Max("at"))["last"]


def acted_since(moments: Mapping[UUID, datetime]) -> set[UUID]:
    """Those of these people who did or read anything since the moment that stands beside each."""
    if not moments:
        return set()
    acts = Entry.objects.filter(actor__in=list(moments), at__gte=min(moments.values()))
    last = acts.order_by().values_list("actor").annotate(last=Max("at"))
    return {actor for actor, at in last if at >= moments[actor]}


def anybody_acted(subjects: Iterable[UUID], *, since: datetime) -> bool:
    """Whether a person did or read anything that is entered under one of these ids, from then on."""
    acts = Entry.objects.filter(subject__in=list(subjects), actor__isnull=False)
    return acts.filter(at__gte=since).exists()


def acted(actor: UUID, *, on: str, since: str | None = None) -> Exists:
    """Within a query: whether they did or read anything under the id in the field `on`, from the moment in `since`."""
    acts = Entry.objects.filter(actor=actor, subject=OuterRef(on))
    return Exists(acts.filter(at__gte=OuterRef(since)) if since else acts)


def last_acted(actor: str, *, on: str) -> Subquery:
    """Within a query: when whoever stands in the field `actor` last did or read anything under the id in `on`."""
    acts = Entry.objects.filter(actor=OuterRef(actor), subject=OuterRef(on)).order_by("-at")
    return Subquery(acts.values("at")[:1])


def last_of(verbs: Iterable[str], *, on: str) -> Coalesce:
    """Within a query: which of these was entered last under the id in the field `on`; empty when none was."""
    acts = Entry.objects.filter(verb__in=list(verbs), subject=OuterRef(on)).order_by("-id")
    return Coalesce(Subquery(acts.values("verb")[:1]), Value(""))


def first_of(verbs: Iterable[str], *, since: datetime) -> datetime | None:
    """When anybody first did one of these things, from then on; None when nobody has."""
    acts = Entry.objects.filter(verb__in=list(verbs), actor__isnull=False, at__gte=since)
    return acts.aggregate(first=Min("at"))["first"]
