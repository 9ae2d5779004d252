"""The request as a view behind a staff door finds it: who asks, with which keys, at which moment."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from concord.people.models import StaffMember
from concord.vault.keyring import Keyring


class DeskRequest(HttpRequest):
    """Set by the middleware and by the predicates of `who_may`; a door that any of them opened has set all."""

    at: datetime
    keyring: Keyring
    staff_member: StaffMember
    htmx: HtmxDetails
