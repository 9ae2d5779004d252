"""revoke_access: shut a person out of a session, an event, or everything, until a time (A-REVOKE-1, R-ACT-REVOKE)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.access import gate
from concord.access.gate import is_admitted
from concord.access.models import EVERYWHERE, Place, Shut
from concord.access.shut import epoch_now, shut
from concord.actions.platforms import REVOKE, platforms_at
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.convenings.models import Convening, Session
from concord.live import relay
from concord.live.hub import hub
from concord.people.models import Login, Person
from concord.refusals import Refused
from concord.spaces.models import Room


class NoSuchPerson(Refused):
    """The target of a revocation is a person with a login."""

    words = _("This person cannot be found any more.")
    status = 409


class NoSuchPlace(Refused):
    """The scope is a session, an event, or all."""

    words = _("Choose from where: this session, this event, or everything.")
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist."""
    check_person_and_place(target, case=case)


def check_person_and_place(target: Target, *, case: Case) -> None:
    """Raise `NoSuchPerson` or `NoSuchPlace`; whatever holds for a person in a place asks this."""
    if not Person.objects.filter(id=target.id).exists():
        raise NoSuchPerson(subject=case.id)
    check_place(target, case=case)


def check_place(target: Target, *, case: Case) -> None:
    """Raise `NoSuchPlace` for a scope that is no session, no event, and not all of them."""
    if not _exists(Place(target.scope_kind, target.scope_id)):
        raise NoSuchPlace(subject=case.id)


def _exists(place: Place) -> bool:
    if place.id is None:
        return place == EVERYWHERE
    if place.kind == "session":
        return Session.objects.filter(id=place.id).exists()
    return place.kind == "convening" and Convening.objects.filter(id=place.id).exists()


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Whom it touches: one person, the rooms of the scope, the streams open there now."""
    rooms = rooms_in(Place(target.scope_kind, target.scope_id))
    return {
        "kind": "revoke",
        "label": target.label,
        "id": str(target.id),
        "scope": target.scope_kind,
        "rooms": sorted(room.name for room in rooms),
        "streams": relay.listening(target.id, [room.stream for room in rooms]),
        "until_at": target.until_at.isoformat() if target.until_at else None,
        "already": not is_admitted(target.id, [Place(target.scope_kind, target.scope_id)], at=at),
        "elsewhere": [
            [str(one.label), REVOKE in one.can]
            for one in platforms_at(Place(target.scope_kind, target.scope_id))
        ],
    }


def rooms_in(place: Place) -> list[Room]:
    """The rooms a place holds."""
    if place.kind == "session":
        return list(Room.objects.filter(session=place.id))
    if place.kind == "convening":
        return list(Room.objects.filter(convening=place.id))
    return list(Room.objects.all())


def hold(targets: list[Target]) -> None:
    """The mailboxes and the gate of each of them, before the first one is shut."""
    tokens = [token for target in targets for _kind, token in tokens_of(target.id)]
    hold_with_mailboxes({target.id for target in targets}, tokens)


def hold_with_mailboxes(persons: set[UUID], tokens: list[bytes]) -> None:
    """The gates of these, and of whoever else has one of these mailboxes: they go with the decision.

    A post takes its writer's gate, and then its room; so no gate is taken any more once a room is held.
    """
    gate.hold_mailboxes(tokens)
    others = Login.objects.filter(canonical_token__in=tokens, verified=True)
    for person in sorted(persons | set(others.values_list("person_id", flat=True))):
        gate.hold(person)


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Shut the person out under the warrant. Done before, it does nothing."""
    if Shut.objects.filter(warrant=warrant.id).exists():
        return
    shut(
        warrant.target,
        place=Place(warrant.scope_kind, warrant.scope_id),
        warrant=warrant.id,
        at=at,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
        tokens=tokens_of(warrant.target),
    )


def tokens_of(person: UUID) -> list[tuple[str, bytes]]:
    """The keyed tokens of a person's own verified mailboxes; boxes that several people share have none."""
    logins = Login.objects.filter(person_id=person, verified=True, canonical_token__isnull=False)
    tokens = logins.values_list("canonical_token", flat=True)
    return [("mailbox", bytes(token)) for token in tokens if token]


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """The gate refuses the person at the place, and none of their streams is open there."""
    shut_now = Shut.objects.filter(warrant=warrant.id).first()
    if shut_now is None:
        return False
    if shut_now.ended_at is not None or (shut_now.until_at and shut_now.until_at <= at):
        return True
    streams = [room.stream for room in rooms_in(shut_now.place)]
    return (
        not is_admitted(warrant.target, [shut_now.place], at=at)
        and not hub.listening(warrant.target, streams)
        and relay.all_followed(epoch_now())
    )


def excerpt(target: Target) -> str:
    return ""


def about(target: Target) -> UUID | None:
    return target.id


def asks(targets: list[Target]) -> Iterable[str]:
    """Remove whom, from where, until when."""
    persons = len({target.id for target in targets})
    yield gettext("remove %(people)s from %(place)s %(until)s") % {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People, and the streams that are open now."""
    people = len({step.get("id", step["label"]) for step in previews})
    yield people, ngettext("person loses access", "people lose access", people)
    streams = sum(step["streams"] for step in previews)
    yield streams, ngettext("open stream cut", "open streams cut", streams)
    elsewhere = Counter(
        (name, able) for step in previews for name, able in step.get("elsewhere", [])
    )
    for (name, able), number in elsewhere.items():
        words = gettext("removed on %(platform)s") if able else gettext("by hand on %(platform)s")
        yield number, words % {"platform": name}


register(
    Kind("revoke", 1, validate, preview, carry_out, verify, excerpt, about, hold, asks, counts)
)
