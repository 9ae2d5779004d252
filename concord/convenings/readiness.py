"""Whether an event can open: a list that is worked out anew each time and cannot be ticked off (P-SAFE-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.convenings.at_the_door import last_test
from concord.convenings.coverage import uncovered
from concord.convenings.guidelines_read import guidelines_of_each
from concord.convenings.models import Convening, Session, State
from concord.people.addresses import read_address
from concord.people.models import OutsideContact, StaffMember
from concord.policy.models import Version
from concord.vault import keys
from concord.vault.errors import NoKey


@dataclass(frozen=True)
class Missing:
    """Something without which an event does not open: a code, and what to do about it."""

    code: str
    words: str | Promise
    session: Session | None = None


TEST_HOLDS = timedelta(days=30)
"""Before the event opens: how long ago a test report may have arrived."""

Requirement = Callable[[Convening, datetime], Iterable[Missing]]

_requirements: list[Requirement] = []


def requires(requirement: Requirement) -> Requirement:
    """Register what else an event needs; rooms above lend theirs."""
    if requirement not in _requirements:
        _requirements.append(requirement)
    return requirement


def readiness(convening: Convening, at: datetime) -> list[Missing]:
    """What is missing for the event to be open at this moment; an empty list means ready."""
    return [
        missing for requirement in (*_OWN, *_requirements) for missing in requirement(convening, at)
    ]


def on_call_for(convening: Convening, at: datetime) -> list[StaffMember]:
    """Staff on call at this moment for this event or for all, whose keys count."""
    on_call = StaffMember.objects.current(at).filter(
        Q(shifts__convening=convening.id) | Q(shifts__convening__isnull=True),
        shifts__starts_at__lte=at,
        shifts__ends_at__gt=at,
    )
    return [staff for staff in on_call.distinct() if _has_key(staff)]


def _policy_in_force(convening: Convening, at: datetime) -> Iterator[Missing]:
    if Version.objects.in_force(at) is None:
        yield Missing("policy", _("No version of the policy is in force. Publish one."))


def _two_on_call(convening: Convening, at: datetime) -> Iterator[Missing]:
    on_call = on_call_for(convening, at)
    if sum(staff.may_concur for staff in on_call) < 2:
        yield Missing(
            "two_on_call",
            _(
                "Two different people who can agree to a proposal must be on call, with their keys set up."
            ),
        )
    if not any(staff.receives_reports for staff in on_call):
        yield Missing("receiver_on_call", _("Somebody on call must receive reports."))


def _covered(convening: Convening, at: datetime) -> Iterator[Missing]:
    gaps = uncovered(convening, after=at)
    if gaps:
        yield Missing(
            "coverage",
            _(
                "Not every minute is covered by one person for each session and two who can agree, or "
                "somebody is planned for longer than four hours. "
                "Plan more shifts, or have a lead accept it in writing."
            ),
        )


def _addresses(convening: Convening, at: datetime) -> Iterator[Missing]:
    if not _is_address(settings.CONCORD_POLICY_ADDRESS):
        yield Missing("policy_address", _("The address for questions about the policy is not set."))
    if not _is_address(settings.CONCORD_REPORT_ADDRESS):
        yield Missing("report_address", _("The address for reports is not set."))


def _channel_tested(convening: Convening, at: datetime) -> Iterator[Missing]:
    tested_at = last_test(at)
    if tested_at is None or tested_at < at - TEST_HOLDS:
        yield Missing(
            "channel_test",
            _(
                "Nobody has tried the way to report in the last 30 days. Send a test from the public page; "
                "somebody who receives it says so on the roster."
            ),
        )


def _outside_contact(convening: Convening, at: datetime) -> Iterator[Missing]:
    named = OutsideContact.objects.current(at).first()
    if named is None or not _counts(named.holder):
        yield Missing(
            "outside_contact",
            _("Nobody outside the team is named, with a key, for reports about the team."),
        )


def _guidelines(convening: Convening, at: datetime) -> Iterator[Missing]:
    sessions = list(convening.sessions.exclude(state=State.ENDED))
    held = guidelines_of_each(sessions)
    for session in sessions:
        if session.id not in held:
            yield Missing(
                "guidelines",
                _("The guidelines of this session are not confirmed."),
                session=session,
            )


_OWN: tuple[Requirement, ...] = (
    _policy_in_force,
    _two_on_call,
    _covered,
    _addresses,
    _channel_tested,
    _outside_contact,
    _guidelines,
)


def _is_address(text: str) -> bool:
    try:
        return bool(read_address(text))
    except ValueError:
        return False


def _has_key(staff: StaffMember) -> bool:
    return _counts(staff.person_id)


def _counts(holder: object) -> bool:
    try:
        keys.public_keys(holder)  # type: ignore[arg-type]
    except NoKey:
        return False
    return True
