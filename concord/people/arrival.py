"""Where somebody goes once their mailbox was shown to be theirs. One room above lends the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from concord.people.models import Login

Way = Callable[[Login, datetime], str]
"""Asks the gate, does what the sign-in carried, returns the path to go on to; raises Refused."""

_ways: list[Way] = []


def leads_on(way: Way) -> Way:
    """Register the way on; the newest wins."""
    _ways.append(way)
    return way


def arrive(login: Login, *, at: datetime) -> str:
    """Lead on; raises what the way refuses, and then nobody is signed in."""
    return _ways[-1](login, at) if _ways else "/"
