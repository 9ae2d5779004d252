"""Decisions: in force or ended, with their steps, and the returns under them, each of which can be undone."""

from __future__ import annotations

import pytest

from concord.access.gate import is_admitted
from concord.actions.verify_steps import verify_steps
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision
from concord.evasion.models import Match
from concord.evasion.recognise_login import recognise_login
from concord.outbox.models import Job
from tests.browsing import Browser
from tests.cast import Cast, login_by_mailbox, opened, proposed


@pytest.fixture
def decision(cast: Cast) -> Decision:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    for job in Job.objects.filter(kind="actions.verify"):
        verify_steps(job, at=cast.later(seconds=1))
    return Decision.objects.get()


@pytest.fixture
def comes_back(cast: Cast, decision: Decision) -> Match:
    login = login_by_mailbox("karim.haddad+again@gmail.com")
    (match,) = recognise_login(None, login=login, at=cast.later(minutes=1))
    return match


def test_what_is_in_force_says_where_and_until_when(decision: Decision, noor: Browser) -> None:
    noor.open("/decisions").follow(decision.code)
    assert noor.sees("In force")
    assert noor.sees("No access to Hall 1")
    assert noor.sees("Amara , Luis")
    assert noor.sees("every step holds")


def test_the_proposal_says_how_long_it_took(decision: Decision, amara: Browser) -> None:
    version = decision.execution.concurrence.version
    amara.open(f"/proposals/{version.proposal_id}")
    assert amara.sees("Done and checked.")
    assert amara.sees("every step done and checked 1.0 seconds later")


def test_a_return_stands_under_its_decision_and_is_undone(
    cast: Cast, comes_back: Match, amara: Browser
) -> None:
    amara.open(f"/decisions/{comes_back.decision_id}")
    assert amara.sees("A new login with the same mailbox was shut out")
    assert not is_admitted(comes_back.person_id, cast.hall.places, at=cast.later(minutes=2))
    amara.press("It is somebody else: give access back")
    assert amara.sees("It was somebody else; access was given back")
    assert is_admitted(comes_back.person_id, cast.hall.places, at=cast.later(minutes=2))


def test_whoever_receives_no_reports_undoes_no_return(
    comes_back: Match, noor: Browser, ravi: Browser
) -> None:
    for browser in (noor, ravi):
        browser.open("/")
        browser.post(f"/returns/{comes_back.id}/undo")
        assert browser.status == 404
    comes_back.refresh_from_db()
    assert comes_back.state == "applied"
