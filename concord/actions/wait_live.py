"""Of what was decided, what waits for somebody and is late: a step that a person does, a look, a confirmation.

While people are together they are called as to all that is urgent; else quietly, until somebody has looked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db.models import Q
from django.db.models.functions import Coalesce

from concord.actions.alarm_later import who_may_look_at
from concord.actions.ask_review import is_running
from concord.actions.models import (
    UNDECIDED,
    ByHand,
    Elsewhere,
    ElsewhereState,
    LateRecusal,
    LaterMember,
    ReviewRequest,
    Unheld,
)
from concord.actions.ring_unheld import is_over, who_answers
from concord.cases.seats import seats_who_see
from concord.concurrence.happening import is_happening
from concord.concurrence.models import Decision
from concord.monitoring.call_again import Waits, waits_live
from concord.vault import files

A_FEW = 20


@waits_live
def steps_by_hand(at: datetime) -> Iterable[Waits]:
    """Whoever was to do it, and whoever answers for the case."""
    late = ByHand.objects.waiting().filter(alarmed_at__isnull=False)
    for one in late.select_related("decision__case", "warrant"):
        if one.alarmed_at is not None and is_happening(one.decision.case, warrants=[one.warrant]):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision, one.doer))


@waits_live
def steps_elsewhere(at: datetime) -> Iterable[Waits]:
    """On a platform that cannot do it itself."""
    late = Elsewhere.objects.open().filter(state=ElsewhereState.BY_HAND, alarmed_at__isnull=False)
    for one in late.select_related("decision__case", "warrant"):
        if one.alarmed_at is not None and is_happening(one.decision.case, warrants=[one.warrant]):
            yield Waits(one.id, one.alarmed_at, _who_may_know(one.decision))


@waits_live
def steps_that_do_not_hold(at: datetime) -> Iterable[Waits]:
    """Of our own; whoever answers for them sets them right or leaves them out with a reason."""
    for one in Unheld.objects.open().select_related("decision__case", "warrant"):
        live = is_happening(one.decision.case, warrants=[one.warrant])
        if live and not is_over(one.warrant, one.decision, at=at):
            yield Waits(one.id, one.rung_at, frozenset(who_answers(one.decision)))


@waits_live
def people_of_an_organisation(at: datetime) -> Iterable[Waits]:
    """At whom nobody has looked; one for each decision, however many say that they belong to it."""
    late = LaterMember.objects.waiting(at).filter(alarmed_at__isnull=False).order_by("alarmed_at")
    found: dict[UUID, list[LaterMember]] = defaultdict(list)
    for one in late.select_related("barred__decision__execution"):
        found[one.barred_id].append(one)
    for decision, cards in found.items():
        since = [card.alarmed_at for card in cards if card.alarmed_at]
        persons = frozenset[UUID]().union(*map(who_may_look_at, cards[:A_FEW]))
        quiet = not is_running([cards[0].barred.decision])
        yield Waits(decision, since[0], persons, newest=since[-1], quiet=quiet)


@waits_live
def decisions_to_confirm(at: datetime) -> Iterable[Waits]:
    """In which somebody had a part who stepped out."""
    late = LateRecusal.objects.open(at).filter(alarmed_at__isnull=False)
    for one in late.select_related("decision__execution"):
        if one.alarmed_at is not None:
            said = set(one.confirmations.values_list("person", flat=True)) | {one.person}
            persons = frozenset(files.readers(one.decision.file) - said)
            quiet = not is_running([one.decision])
            yield Waits(one.id, one.alarmed_at, persons, quiet=quiet, wide=True)


@waits_live
def requests_to_look_again(at: datetime) -> Iterable[Waits]:
    """That are past their promise, or were answered and left undecided; a day is no matter here, whatever goes on.

    One for those that the same people read, however many: anybody can ask, and name nothing.
    """
    unanswered = Q(answered_at__isnull=True, alarmed_at__isnull=False, folded=False)
    late = ReviewRequest.objects.awake().filter(unanswered | Q(raised_at__isnull=False))
    late = late.filter(state__in=UNDECIDED).annotate(since=Coalesce("raised_at", "alarmed_at"))
    rows = dict(late.values_list("file", "since"))
    found: dict[frozenset[UUID], list[datetime]] = defaultdict(list)
    for file, (given, _owed) in files.given_or_owed(rows).items():
        found[frozenset(given)].append(rows[file])
    for persons, times in found.items():
        whom = " ".join(["reviews", *sorted(map(str, persons))])
        yield Waits(uuid5(NAMESPACE_OID, whom), min(times), persons, max(times), quiet=True)


def _who_may_know(decision: Decision, *others: UUID) -> frozenset[UUID]:
    """Nobody who was taken out: the decision's key is the measure."""
    return frozenset((seats_who_see(decision.case) | set(others)) & files.readers(decision.file))
