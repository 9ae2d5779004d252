"""settle_flag_outside: the outside contact says what comes of a flag that lies with them, or hands it on (P-ZERO-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag
from concord.monitoring.raise_flag import about
from concord.monitoring.read_flag import about_outcome, read_flag
from concord.monitoring.readers import outside_readers, readers_of_flag
from concord.monitoring.ring import ring
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.hand_on import NotToThem
from concord.reports.outside import Outside, check_hands_on, check_may_read
from concord.vault import files
from concord.vault.errors import NoGrant


class SayWhatComesOfIt(Refused):
    """Whatever comes in ends in an outcome with a reason."""

    words = _("Please write in a sentence what was done, or why nothing.")
    status = 409


@transaction.atomic
def settle_flag_outside(
    flag: Flag, *, needed_action: bool, reason: str, by: Outside, at: datetime
) -> Flag:
    """Say whether it needed action, and what was done, or why nothing. Twice is once.

    Where somebody on the team said the first already, that stands. Whoever flagged it sees that a person has looked.
    Raises `SayWhatComesOfIt`, SayFirstThatYouKeepIt, NoGrant.
    """
    flag = Flag.objects.select_for_update().get(id=flag.id)
    _check_opens(flag, by=by)
    if flag.done_outside_at is not None:
        return flag
    if not reason.strip():
        raise SayWhatComesOfIt(subject=flag.id)
    said = reason.strip().encode()
    if flag.credible is None:
        flag.credible, flag.judged_by, flag.judged_at = needed_action, by.contact.holder, at
        flag.judgement_sealed = files.seal(flag.file, said, about=f"{about(flag.id)}:judgement")
    flag.done_outside_at = at
    flag.done_outside_sealed = files.seal(flag.file, said, about=about_outcome(flag))
    flag.save()
    record(
        "reports.settle_flag_outside",
        actor=by.contact.holder,
        subject=flag.id,
        at=at,
        credible=flag.credible,
    )
    tell_desks(files.readers(flag.file), "flag", flag.id)
    return flag


@transaction.atomic
def hand_on_flag(flag: Flag, *, to: StaffMember, by: Outside, at: datetime) -> Flag:
    """Let one of the team read it and answer it like any other, somebody who is not close to whoever it is about.

    Twice is once. It is for the outside contact of now. Raises NotToThem, SayFirstThatYouKeepIt, NoGrant.
    """
    flag = Flag.objects.select_for_update().get(id=flag.id)
    _check_opens(flag, by=by)
    check_hands_on(by, at=at)
    if to not in may_take_flag(flag, by=by, at=at):
        raise NotToThem(subject=flag.id)
    files.grant(flag.file, to=to.person_id, by=by.keyring, at=at)
    record("reports.hand_on_flag", actor=by.contact.holder, subject=flag.id, at=at, to=to.person_id)
    tell_desks([to.person_id], "flag", flag.id)
    ring([to.person_id], at=at)
    return flag


def may_take_flag(flag: Flag, *, by: Outside, at: datetime) -> list[StaffMember]:
    """Who may judge it as things are now, and does not read it yet: people come, and ties end."""
    author = read_flag(flag, keyring=by.keyring, at=at).author_id
    free = readers_of_flag(about=[author] if author else [], at=at, on=flag.post_id)
    able = free - outside_readers(at) - files.readers(flag.file)
    return list(StaffMember.objects.who_may_concur(at).filter(person_id__in=able))


def _check_opens(flag: Flag, *, by: Outside) -> None:
    check_may_read(by)
    if by.keyring.holder != by.contact.holder or not files.may_open(flag.file, by.contact.holder):
        raise NoGrant(subject=flag.id)
