"""act_by_hand: something else that two people agreed to, which a named person does and then says so (R-ACT-1).

No machine does it and none says that it was done: it is verified by the statement of whoever did it, signed. Until
then it waits with its clock running, in the inbox of its person, and rings the others when it is late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ByHand
from concord.actions.pass_by_hand import who_does_it
from concord.actions.revoke_access import about, check_person_and_place, excerpt, hold
from concord.cases.conflicts import is_eligible
from concord.cases.models import Case
from concord.concurrence.happening import is_happening
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.ring import ring
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.refusals import Refused
from concord.vault import files

LIVE = timedelta(minutes=15)
OTHERWISE = timedelta(hours=4)
LONGEST = 2_000


class SayWhatAndWho(Refused):
    """A step by hand says what is done, and names somebody who may know of it."""

    words = _("Say what is done by hand, and choose who does it.")
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist; the words are there; the hand is a colleague without a conflict."""
    check_person_and_place(target, case=case)
    words, hand = target.detail.get("words"), target.detail.get("hand")
    if set(target.detail) - {"words", "hand"} or not isinstance(words, str):
        raise SayWhatAndWho(subject=case.id)
    if not words.strip() or len(words) > LONGEST or not _may_do_it(hand, target, case=case, at=at):
        raise SayWhatAndWho(subject=case.id)


def _may_do_it(hand: object, target: Target, *, case: Case, at: datetime) -> bool:
    try:
        person = UUID(str(hand))
    except ValueError:
        return False
    return is_eligible(case, person, about={target.id}, at=at)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """That somebody does something; what it is stands beside it in words."""
    return {
        "kind": "other",
        "label": target.label,
        "until_at": target.until_at.isoformat() if target.until_at else None,
        "already": False,
    }


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Put it before the person who does it, with its clock. Done before, it does nothing.

    Whoever was named is asked about again: if they may have no part in it by now, they hear nothing, and it is the
    coordinator's.
    """
    if ByHand.objects.filter(warrant=warrant).exists():
        return
    id, hand = uuid4(), UUID(detail["hand"])
    person = who_does_it(decision, hand=hand, at=at)
    passed = person is not None and person != hand
    ByHand.objects.create(
        id=id,
        warrant=warrant,
        decision=decision,
        hand=hand,
        passed_to=person if passed else None,
        passed_at=at if passed else None,
        sealed=files.seal(decision.file, detail["words"].encode(), about=f"by hand:{id}"),
        due_at=at + (LIVE if is_happening(decision.case, warrants=[warrant]) else OTHERWISE),
    )
    told = {person} if person is not None else set()
    tell_desks(told, "decision", decision.id)
    ring(told, at=at, at_once=True)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """Somebody said, under their key, that they did it and what they did."""
    return ByHand.objects.filter(warrant=warrant, stated_at__isnull=False).exists()


@every("actions.by_hand_late", seconds=60)
def alarm_late(job: Job | None, *, at: datetime) -> int:
    """Once for each that is late: everybody who may see the decision is asked to look. Returns how many."""
    late = ByHand.objects.waiting().filter(due_at__lte=at, alarmed_at__isnull=True)
    ids = list(late.values_list("id", flat=True))
    for id in ids:
        _alarm(id, at=at)
    return len(ids)


@transaction.atomic
def _alarm(id: UUID, *, at: datetime) -> None:
    found = ByHand.objects.select_for_update().select_related("decision").get(id=id)
    if found.alarmed_at is not None or found.stated_at is not None:
        return
    found.alarmed_at = at
    found.save(update_fields=["alarmed_at"])
    readers = files.readers(found.decision.file)
    tell_desks(readers, "decision", found.decision_id)
    ring(readers, at=at)
    record("actions.by_hand_late", actor=None, subject=found.decision_id, at=at, by_hand=found.id)


def asks(targets: list[Target]) -> Iterable[str]:
    """That something is done by hand, about whom, until when."""
    persons = len({target.id for target in targets})
    yield gettext("do something by hand about %(people)s in %(place)s %(until)s") % {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """How much is done by hand."""
    steps = len(previews)
    yield steps, ngettext("step done by hand", "steps done by hand", steps)


register(
    Kind(
        "other",
        4,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        by_hand=True,
    )
)
