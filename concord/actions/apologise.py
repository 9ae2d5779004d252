"""apologise: a neutral letter to whoever was kept out, or held to less, and should not be any longer (4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from concord.actions.tell_respondent import addresses_of
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import ON_A_PERSON, SHUTS
from concord.concurrence.wording import moment_words, place_name
from concord.letters.registry import register_kind
from concord.letters.send import send_template
from concord.people.team_name import team_name

register_kind("actions.sorry", template="actions/letters/sorry.txt", guarded=False)
register_kind("actions.sooner", template="actions/letters/sooner.txt", guarded=False)
register_kind("actions.earlier", template="actions/letters/earlier.txt", guarded=False)
register_kind("actions.open_again", template="actions/letters/open_again.txt", guarded=False)


def say_sorry(persons: Iterable[UUID], decision: Decision, *, at: datetime) -> None:
    """Access is back, and we are sorry. Fixed words: nothing of what it was about."""
    _send("actions.sorry", persons, decision, at=at)


def say_it_is_open_again(persons: Iterable[UUID], decision: Decision, *, at: datetime) -> None:
    """Access is back, earlier than it was first decided."""
    _send("actions.open_again", persons, decision, at=at)


def say_it_ends_earlier(
    persons: Iterable[UUID], decision: Decision, *, ends_at: datetime, at: datetime
) -> None:
    """When access comes back, now that it was looked at again."""
    _send("actions.sooner", persons, decision, at=at, ends_at=ends_at)


def say_it_has_an_earlier_end(
    steps: Mapping[UUID, Iterable[Warrant]], *, ends_at: datetime, at: datetime
) -> None:
    """The same where the team itself gave it a nearer end: what they were told first is not true any more.

    `steps` are those that would have held each of them for longer.
    """
    for person in sorted(steps):
        _send_to(person, "actions.earlier", *_places(steps[person]), at=at, ends_at=ends_at)


def _send(
    kind: str,
    persons: Iterable[UUID],
    decision: Decision,
    *,
    at: datetime,
    ends_at: datetime | None = None,
) -> None:
    for person in sorted(persons):
        _send_to(person, kind, *_held(person, decision), at=at, ends_at=ends_at)


def _send_to(
    person: UUID,
    kind: str,
    kept_out: bool,
    scopes: Iterable[tuple[str, UUID | None]],
    *,
    at: datetime,
    ends_at: datetime | None,
) -> None:
    for address, language in addresses_of(person):
        with override(language):
            context = {
                "kept_out": kept_out,
                "place": ", ".join(dict.fromkeys(place_name(*scope) for scope in scopes)),
                "until": moment_words(ends_at) if ends_at else "",
                "host": settings.CONCORD_HOST_NAME,
                "team": team_name(),
            }
        send_template(kind, to=address, context=context, language=language, at=at)


def _held(person: UUID, decision: Decision) -> tuple[bool, list[tuple[str, UUID | None]]]:
    """Whether the person had no access, and where; somebody taken for another had what that other had."""
    steps = decision.execution.warrants
    theirs = steps.filter(kind__in=ON_A_PERSON, target=person)
    return _places((theirs or steps.filter(kind__in=SHUTS)).order_by("id"))


def _places(steps: Iterable[Warrant]) -> tuple[bool, list[tuple[str, UUID | None]]]:
    held = list(steps)
    places = [(step.scope_kind, step.scope_id) for step in held]
    return any(step.kind in SHUTS for step in held), places
