"""confirm_code: a second reader says that the new code is the reporter's; then it is as good as the one they lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.reports.carry_out import carry_out
from concord.reports.confirm_set_aside import NeedsAnotherPerson
from concord.reports.models import NewCode, Report
from concord.reports.new_code import newest_code
from concord.reports.read_report import check_reads
from concord.vault import files
from concord.vault.keyring import Keyring


class AnotherWasMade(Refused):
    """What a colleague confirms is the code of which they spoke, and no later one."""

    words = _("Another code was made since. Please look again, and speak with them anew.")
    status = 409


@transaction.atomic
def confirm_code(code: NewCode, *, by: StaffMember, keyring: Keyring, at: datetime) -> NewCode:
    """Confirm, as another than whoever made it; what was held back behind it is carried out. Twice is once.

    Raises NeedsAnotherPerson, AnotherWasMade, and what `check_reads` raises.
    """
    report = Report.objects.select_for_update().get(id=code.report_id)
    code = NewCode.objects.get(id=code.id)
    check_reads(report, by=by, keyring=keyring, at=at)
    if code.by_staff == by.person_id:
        raise NeedsAnotherPerson(subject=report.id)
    if newest_code(report) != code:
        raise AnotherWasMade(subject=report.id)
    if code.confirmed_by is None:
        code.confirmed_by = by.person_id
        code.save(update_fields=["confirmed_by"])
        record("reports.confirm_code", actor=by.person_id, subject=report.id, at=at)
        tell_desks(files.readers(report.file), "report", report.id)
        carry_out(report, at=at)
    return code
