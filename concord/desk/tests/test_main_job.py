"""The main job through the pages: a flag, a case, a proposal, a second yes, a decision; no script runs."""

from __future__ import annotations

from concord.access.gate import is_admitted
from concord.cases.models import Case
from concord.concurrence.models import Proposal
from concord.letters.models import Letter
from concord.spaces.models import Post
from tests.browsing import Browser
from tests.cast import Cast, flagged

REASON = "Urged somebody in the room to hurt themself."


def answered(cast: Cast, amara: Browser) -> Case:
    """Amara opens the flag and says that it needs action."""
    flag = flagged(cast)
    amara.open("/").follow(f"Flag {flag.code}")
    amara.press("It needs action", reason="It urges her to hurt herself.")
    return Case.objects.get()


def proposed_by_page(cast: Cast, amara: Browser) -> Proposal:
    """From the case on, with one typed sentence and a few ticks."""
    answered(cast, amara)
    amara.follow("Propose what should happen")
    amara.press(
        "See what it does", reason=REASON, grounds="violation", violations="threat", is_safe="on"
    )
    amara.press("Ask for a second yes")
    return Proposal.objects.get()


def test_a_flag_becomes_a_case_in_the_press_that_answers_it(cast: Cast, amara: Browser) -> None:
    case = answered(cast, amara)
    assert amara.path == f"/cases/{case.id}"
    assert amara.sees("You coordinate this.")
    assert amara.sees("It urges her to hurt herself.")


def test_it_is_proposed_with_one_sentence_and_takes_hold_with_a_second_yes(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    proposal = proposed_by_page(cast, amara)
    assert amara.sees("Needs a second yes.")
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
    luis.open("/").follow(proposal.code)
    assert luis.sees("Amara asks for your yes.")
    assert luis.sees("Remove one person from Hall 1 until")
    assert luis.sees(REASON)
    luis.press("I agree")
    assert luis.status == 200
    assert luis.sees("Amara and Luis agreed.")
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
    assert is_admitted(cast.karim.person_id, cast.annex.places, at=cast.later(minutes=1))
    assert Post.objects.get(registration=cast.karim).removed
    assert Letter.objects.filter(kind="actions.notice").count() == 1
    amara.open("/decisions")
    assert amara.sees("One decision is in force.")
    assert amara.sees("Hall 1")
