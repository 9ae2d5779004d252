"""bar_member: one person who is known to belong to an organisation, as a step of their own (A-UNIT-1).

It shuts them out as a revocation does, and says nothing about them: how it is known that they belong to it stands
beside their name. Who is not listed is not touched, whatever the domain of their mail address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise as Words
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord.actions import revoke_access
from concord.actions.revoke_access import NoSuchPerson, check_place
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.people.models import Affiliation, Person, Source
from concord.refusals import Refused

LISTED = "listed"
HOW: dict[str, str | Words] = {**dict(Source.choices), LISTED: _("listed by hand")}
"""How it is known of somebody that they belong to an organisation."""


class BelongsNoLonger(Refused):
    """What was agreed to is about people who belong to it; one of them does not any more."""

    words = _(
        "Somebody on the list is not known to belong to the organisation any more. "
        "Nothing was changed; please look at the list again."
    )
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The person and the place exist, and it is known of them as the list says."""
    if not Person.objects.filter(id=target.id).exists():
        raise NoSuchPerson(subject=case.id)
    check_place(target, case=case)
    check_belongs(target.id, target.detail, subject=case.id)


def check_belongs(person: UUID, detail: dict[str, Any], *, subject: UUID) -> None:
    """Raise `BelongsNoLonger` for somebody of whom nobody says so any more. Whoever was listed by hand stays listed."""
    if LISTED in detail.get("how", []):
        return
    belongs = Affiliation.objects.filter(
        person_id=person, organisation__folded=detail.get("folded", "")
    )
    if not belongs.exists():
        raise BelongsNoLonger(subject=subject)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """As of a revocation, and how it is known."""
    seen = revoke_access.preview(target, at=at)
    return {**seen, "kind": "member", "how": target.detail["how"], "id": str(target.id)}


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Shut the person out under their own warrant, if they still belong to it."""
    check_belongs(warrant.target, detail, subject=decision.case_id)
    revoke_access.carry_out(warrant, decision=decision, detail=detail, at=at)


def asks(targets: list[Target]) -> Iterable[str]:
    """How many of which organisation, from where, until when."""
    people = len(targets)
    yield gettext("remove %(people)s of %(organisation)s from %(place)s %(until)s") % {
        "people": ngettext("one person", "%(n)d people", people) % {"n": people},
        "organisation": targets[0].detail["name"],
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People, how it is known of them, and the streams that are open now."""
    people = len({step["id"] for step in previews})
    yield people, ngettext("person loses access", "people lose access", people)
    known = Counter(" + ".join(str(HOW[one]) for one in step["how"]) for step in previews)
    for how, number in sorted(known.items(), key=lambda pair: -pair[1]):
        yield number, gettext("of them: %(how)s") % {"how": how}
    streams = sum(step["streams"] for step in previews)
    yield streams, ngettext("open stream cut", "open streams cut", streams)


def says(target: Target) -> str:
    return ", ".join(str(HOW[one]) for one in target.detail["how"])


register(
    Kind(
        "member",
        1,
        validate,
        preview,
        carry_out,
        revoke_access.verify,
        revoke_access.excerpt,
        revoke_access.about,
        revoke_access.hold,
        asks,
        counts,
        says=says,
    )
)
