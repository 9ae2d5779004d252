"""Organisations: what was typed read as a name, one row for its spellings, gone when nobody belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.outbox.models import Job
from concord.outbox.registry import every
from concord.people.models import Affiliation, Organisation, Source
from concord.people.signals import affiliation_ended

LONGEST = 120
LONGEST_FOLDED = 400


def read_organisation(typed: str) -> str:
    """The name of an organisation as it is shown; empty when nothing was typed.

    Cleaned like a display name. Raises ValueError, in words fit to show, for one that nobody can read or that
    is too long.
    """
    if not typed.strip():
        return ""
    name = names.clean_name(typed)
    if len(name) > LONGEST or len(names.fold(name)) > LONGEST_FOLDED:
        raise ValueError(_("Please shorten the name to at most 120 characters."))
    return name


def organisation_named(name: str) -> Organisation:
    """The organisation of this name in any spelling, held until the transaction ends; made if it is new.

    Only signs that look alike are taken for one another: two organisations whose names sound alike in another
    script stay two, or the members of one could be taken for those of the other.
    """
    found, _is_new = Organisation.objects.select_for_update().get_or_create(
        folded=names.fold(name), defaults={"name": name}
    )
    return found


def affiliations_of(person: UUID) -> QuerySet[Affiliation]:
    """Where a person belongs to, by what they said first and by what staff noted after it."""
    found = Affiliation.objects.filter(person_id=person).select_related("organisation")
    return found.order_by("source", "organisation__name")


def own_organisation(person: UUID) -> str:
    """The organisation that a person named of themself, as they wrote it; empty when they named none."""
    own = affiliations_of(person).filter(source=Source.SELF).first()
    return own.name if own else ""


def announce_ended(person: UUID, folded: Iterable[str], *, at: datetime) -> None:
    """Tell that the person is no longer known to belong to these, where nobody else says so either."""
    for each in folded:
        left = Affiliation.objects.filter(person_id=person, organisation__folded=each)
        if not left.exists():
            affiliation_ended.send(sender=Affiliation, person=person, folded=each, at=at)


def forget_unused(organisations: Collection[UUID] | None = None) -> None:
    """Delete those of these organisations, or of all, to which nobody belongs any more. Call it in a transaction.

    One that somebody is joining this very moment is left alone, and so is one that a room above protects.
    """
    unused = Organisation.objects.filter(affiliations__isnull=True)
    if organisations is not None:
        unused = unused.filter(id__in=organisations)
    ids = list(unused.values_list("id", flat=True))
    held = Organisation.objects.select_for_update(skip_locked=True).filter(id__in=ids)
    for organisation in list(held):
        if not organisation.affiliations.exists():
            _delete_if_free(organisation)


def _delete_if_free(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.delete()
    except ProtectedError:
        pass


@every("people.sweep_organisations", seconds=3600)
@transaction.atomic
def sweep_organisations(job: Job, *, at: datetime) -> None:
    """What was passed over at the moment it was left is looked at again."""
    forget_unused()
