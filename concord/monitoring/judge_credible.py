"""judge_credible: a named member of staff says whether a flag needs action, and why (R-FLAG-1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag
from concord.monitoring.raise_flag import about
from concord.monitoring.read_flag import read_flag
from concord.monitoring.readers import acquainted_with, close_to
from concord.monitoring.signals import judged
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.keyring import Keyring


class OnlyDesignatedStaffJudge(Refused):
    """Volunteers, organisers, people who keep the machines, and former staff do not judge flags."""

    words = _("Only designated staff can say whether a flag needs action.")


class FlaggedPersonDoesNotJudge(Refused):
    """Whoever wrote what was flagged does not judge it."""

    words = _("This is about something you wrote; a colleague looks at it.")


class AcquaintedDoNotLetItRest(Refused):
    """Whoever knows the writer may say that something needs action, and not that it needs none."""

    words = _(
        "You said that you know whoever wrote this. You can say that it needs action; that it needs none, "
        "a colleague has to say."
    )


class NeedsReason(Refused):
    """A judgement without a typed reason is none."""

    words = _("Please write in a sentence why. Nothing has been decided yet.")
    status = 409


class AlreadyJudged(Refused):
    """A colleague was quicker. Their answer stands; a new flag can be raised."""

    words = _("A colleague has already looked at this and answered it.")
    status = 409


@transaction.atomic
def judge_credible(
    flag: Flag, *, credible: bool, reason: str, by: StaffMember, keyring: Keyring, at: datetime
) -> Flag:
    """Answer a flag: needs action, or not; the reason is sealed with it. Announces `judged`.

    When no action is needed, the others keep the row in sight and no longer its contents. Raises
    OnlyDesignatedStaffJudge, vault.NoGrant, FlaggedPersonDoesNotJudge, AcquaintedDoNotLetItRest, NeedsReason,
    AlreadyJudged.
    """
    flag = Flag.objects.select_for_update().get(id=flag.id)
    _check_may_judge(flag, credible=credible, by=by, keyring=keyring, at=at)
    if not reason.strip():
        raise NeedsReason(subject=flag.id)
    if flag.credible is not None:
        raise AlreadyJudged(subject=flag.id)
    flag.credible, flag.judged_by, flag.judged_at = credible, by.person_id, at
    flag.judgement_sealed = files.seal(
        flag.file, reason.strip().encode(), about=f"{about(flag.id)}:judgement"
    )
    flag.save()
    record("monitoring.judge", actor=by.person_id, subject=flag.id, at=at, credible=credible)
    others = files.readers(flag.file) - {by.person_id}
    if not credible:
        for other in others:
            files.make_dormant(flag.file, other)
    judged.send(sender=Flag, flag=flag, by=by, keyring=keyring, at=at)
    tell_desks(others | {by.person_id}, "flag", flag.id)
    return flag


def _check_may_judge(
    flag: Flag, *, credible: bool, by: StaffMember, keyring: Keyring, at: datetime
) -> None:
    if not (by.is_current(at) and by.may_concur):
        raise OnlyDesignatedStaffJudge(subject=flag.id)
    if keyring.holder != by.person_id:
        raise NoGrant(subject=flag.id)
    author = read_flag(flag, keyring=keyring, at=at).author_id
    if author is None:
        return
    if by.person_id in close_to([author]):
        raise FlaggedPersonDoesNotJudge(subject=flag.id)
    if not credible and by.person_id in acquainted_with([author]):
        raise AcquaintedDoNotLetItRest(subject=flag.id)
