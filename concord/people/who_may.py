"""Which predicates open which doors. On the public host people take part; at the desk staff work.

| predicate | opens to |
|---|---|
| participant | whoever signed in by their mailbox, on the public host |
| staff | a current staff member whose keys are open, at the desk |
| at_their_desk | whoever signed in at the desk, also while it is locked |
| designated | staff who receive reports or may agree to a proposal |
| receiver | staff who receive reports |
| monitor | staff or volunteers who watch |
| organiser | organisers, and leads of the team |
| host | staff or volunteers who watch, and whoever plans events |
| lead | leads of the team |
| keeper_of_machines | whoever keeps the machines running |
"""

from __future__ import annotations

from django.http import HttpRequest

from concord.doors import on_desk
from concord.people.current import login_of, staff_of
from concord.people.models import Role
from concord.vault import session


def participant(request: HttpRequest) -> bool:
    return not on_desk(request) and login_of(request) is not None


def staff(request: HttpRequest) -> bool:
    return staff_of(request) is not None


def at_their_desk(request: HttpRequest) -> bool:
    login = login_of(request) if on_desk(request) else None
    return login is not None and session.holder_in(request.session) == login.person_id


def designated(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and (member.receives_reports or member.may_concur)


def receiver(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and member.receives_reports


def monitor(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and member.may_monitor


def organiser(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and member.may_plan


def host(request: HttpRequest) -> bool:
    return monitor(request) or organiser(request)


def lead(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and member.is_lead


def keeper_of_machines(request: HttpRequest) -> bool:
    member = staff_of(request)
    return member is not None and member.role == Role.IT
