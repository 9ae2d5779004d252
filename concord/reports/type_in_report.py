"""type_in_report: somebody told us, in a call or face to face, and a member of the team types it in (I-ANYWAY-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.models import NewCode
from concord.reports.receive_report import Receipt, receive_report
from concord.reports.told import Told

CHANNEL = "told"


class OnlyDesignatedStaff(Refused):
    """What is told in person is taken down by somebody who is designated for it."""

    words = _("Only designated staff can take down a report.")


@transaction.atomic
def type_in_report(
    told: Told,
    *,
    nonce: bytes,
    keep_out: Iterable[StaffMember] = (),
    reads_on: bool = True,
    by: StaffMember,
    at: datetime,
) -> Receipt:
    """Seal it like any report; the code is for the person who told it, and for nobody else.

    The typist sees it as well: for a while it decides nothing in the reporter's place (`new_code`). Having heard it
    gives the typist no key: they read on only if routing makes them a reader, and not at all when the person asks for
    that (`reads_on` is False) or names them. Raises OnlyDesignatedStaff.
    """
    if not by.is_current(at) or not by.may_concur:
        raise OnlyDesignatedStaff()
    kept_out = {one.id: one for one in keep_out}
    if not reads_on:
        kept_out[by.id] = by
    receipt = receive_report(
        replace(told, channel=CHANNEL), nonce=nonce, keep_out=kept_out.values(), at=at
    )
    if not receipt.report.new_codes.exists():
        NewCode.objects.create(report=receipt.report, by_staff=by.person_id, made_at=at)
    record("reports.type_in", actor=by.person_id, subject=receipt.report.id, at=at)
    return receipt
