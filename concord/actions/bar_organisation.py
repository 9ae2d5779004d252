"""bar_organisation: what a decision on an organisation leaves standing (A-UNIT-1).

The people who are known to belong to it are steps of their own (`bar_member`). This step is for those of whom it is
not known: nothing happens to anybody by it. From then on whoever says of themself that they belong to it is shown to
a person first, who applies the decision to them or leaves them alone (`later_members`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.actions.later_members import meet
from concord.actions.models import BarredOrganisation
from concord.actions.revoke_access import check_place
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.names import fold
from concord.people.models import Affiliation, Source
from concord.people.organisations import organisation_named, read_organisation
from concord.refusals import Refused


class NoSuchOrganisation(Refused):
    """An organisation has a name that people can read."""

    words = _("Write the name of the organisation as its people write it.")
    status = 409


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The name can be read, and the place exists. Nobody has to be known to belong to it yet."""
    name = str(target.detail.get("name", ""))
    try:
        is_read = read_organisation(name) == name != ""
    except ValueError as error:
        raise NoSuchOrganisation(subject=case.id) from error
    if not is_read or target.detail.get("folded") != fold(name):
        raise NoSuchOrganisation(subject=case.id)
    check_place(target, case=case)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """Nothing by itself: the people are counted one by one."""
    return {"kind": "organisation", "label": target.label}


def hold(targets: list[Target]) -> None:
    """The organisation, after the gates of its people: whoever names it at this moment comes before or after."""
    for name in sorted({each.detail["name"] for each in targets}):
        organisation_named(name)


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """Keep it in mind, and put before somebody whoever said that they belong to it since the list was made."""
    if BarredOrganisation.objects.filter(decision=decision).exists():
        return
    barred = BarredOrganisation.objects.create(
        decision=decision, organisation=organisation_named(detail["name"]), warrant=warrant
    )
    said_so = Affiliation.objects.filter(
        organisation=barred.organisation_id, source=Source.SELF
    ).order_by("id")
    for affiliation in said_so:
        meet(barred, affiliation.person_id, at=at)


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """It is kept in mind, or the decision is over by now."""
    in_force = Decision.objects.in_force(at).filter(execution=warrant.execution_id).exists()
    return not in_force or BarredOrganisation.objects.filter(warrant=warrant).exists()


def excerpt(target: Target) -> str:
    return ""


def about(target: Target) -> UUID | None:
    return None


def asks(targets: list[Target]) -> Iterable[str]:
    """What holds for those who are not known."""
    for target in targets:
        yield gettext("look at whoever says later that they belong to %(organisation)s") % {
            "organisation": target.label
        }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    return ()


def same_as(target: Target) -> str:
    return str(target.detail.get("folded", ""))


register(
    Kind(
        "organisation",
        2,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        same_as=same_as,
    )
)
