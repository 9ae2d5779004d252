"""Somebody without a part in the decision accepted "this is not me": the return is undone, and the pair remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.access.models import Shut
from concord.actions.signals import not_me_accepted
from concord.evasion.models import Match
from concord.evasion.undo import give_back
from concord.vault.keyring import Keyring


@receiver(not_me_accepted, dispatch_uid="evasion.hear_not_me")
def it_was_somebody_else(
    sender: Any, shut: UUID, keyring: Keyring, at: datetime, **kwargs: Any
) -> UUID | None:
    """Give access back at once. Returns who has it back, or None where there was nothing to undo."""
    standing = Shut.objects.filter(id=shut).first()
    match = (
        Match.objects.select_for_update(of=("self",))
        .select_related("decision")
        .filter(execution__warrants=standing.warrant)
        .first()
        if standing
        else None
    )
    if match is None or match.state != "applied":
        return None
    give_back(match, by=keyring.holder, keyring=keyring, at=at)
    return match.person_id
