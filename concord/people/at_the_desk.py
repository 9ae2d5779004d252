"""The request as a view behind a staff door finds it: who asks, with which keys, at which moment."""

from __future__ import annotations

from django_htmx.middleware import HtmxDetails

from concord.doors import Request
from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


class DeskRequest(Request):
    """Set by the middleware and by the predicates of `who_may`; a door that any of them opened has set all."""

    keyring: Keyring
    staff_member: StaffMember
    htmx: HtmxDetails
