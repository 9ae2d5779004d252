"""Somebody sets the clock of the server back: nothing is done that seems older than what it rests on (R-CONCUR-1)."""

from __future__ import annotations

import pytest

from concord.actions.audit import audit
from concord.concurrence.concur import concur
from concord.concurrence.execute import execute
from concord.concurrence.guards import ClockIsBehind
from concord.concurrence.models import Concurrence, Execution
from concord.concurrence.propose import propose
from concord.people.end_designation import end_designation
from tests.cast import Cast, case_about_karim, opened, proposed, terms_for


def agree(cast: Cast, desk, version, at):
    return concur(version, by=desk.staff, keyring=desk.keyring, at=at)


def test_a_clock_that_was_set_back_lets_nobody_agree_before_it_was_proposed(cast: Cast) -> None:
    terms = terms_for(cast)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=2)}
    version = propose(case_about_karim(cast), terms=terms, **amara).version
    opened(version, cast.luis, cast.at)
    with pytest.raises(ClockIsBehind):
        agree(cast, cast.luis, version, at=cast.later(minutes=1))
    assert not Concurrence.objects.exists()
    agree(cast, cast.luis, version, at=cast.later(minutes=2))
    assert audit() == []


def test_a_clock_that_was_set_back_lets_nobody_carry_out_what_was_agreed_to_later(
    cast: Cast,
) -> None:
    proposal = proposed(cast, act_at_once=False)
    agree(cast, cast.luis, opened(proposal.version, cast.luis, cast.at), at=cast.later(minutes=2))
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring}
    with pytest.raises(ClockIsBehind):
        execute(proposal.version, at=cast.later(minutes=1), **amara)
    assert not Execution.objects.exists()
    execute(proposal.version, at=cast.later(minutes=2), **amara)
    assert audit() == []


def test_what_somebody_signed_before_they_left_stands_whatever_the_clock_said(cast: Cast) -> None:
    """The clock was an hour ahead when Noor agreed, was set right, and then she left."""
    version = opened(proposed(cast).version, cast.noor, cast.at)
    agree(cast, cast.noor, version, at=cast.later(minutes=59))
    end_designation(cast.noor.staff, by=None, at=cast.later(minutes=1))
    assert audit() == []
