"""own_key: what somebody signs or answers is under their own key, not one that was left open beside them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from concord.people.models import StaffMember
from concord.refusals import Refused


class NeedsOwnKey(Refused):
    """The key in this session is somebody else's."""

    words = _("Please sign in again to use your key.")


def check_key(by: StaffMember, holder: UUID) -> None:
    if by.person_id != holder:
        raise NeedsOwnKey()
