"""A colleague's no, and why, goes on to whoever is asked next; and a page names those whom a text was put before."""

from __future__ import annotations

import pytest

from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.hand_over import hand_over
from concord.cases.recuse import recuse
from concord.concurrence.adopt_proposal import adopt_proposal
from concord.concurrence.concur import concur
from concord.concurrence.decline import decline
from concord.concurrence.guards import (
    Acquainted,
    NeedsCoordinator,
    NeedsOpening,
    NeedsOwnKey,
    StaleVersion,
)
from concord.concurrence.models import Proposal, State, Version
from concord.concurrence.open_version import open_version
from concord.concurrence.propose import propose, revise
from concord.concurrence.put_anew import NobodyCameSince, put_anew
from concord.concurrence.terms import Target
from concord.people.declare_tie import declare_tie
from concord.people.models import Tie
from concord.vault import files
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, colleague, opened, proposed, terms_for
from tests.looking_again import another_receiver

pytestmark = [pytest.mark.django_db, pytest.mark.clauses("R-CONCUR-1")]

WHY = "Out of proportion: Sara Lindqvist had asked for a quotation."


def who(desk: Desk, cast: Cast, minutes: float = 0) -> dict[str, object]:
    return {"by": desk.staff, "keyring": desk.keyring, "at": cast.later(minutes=minutes)}


def says_no(desk: Desk, version: Version, cast: Cast, why: str, minutes: float = 1) -> None:
    decline(
        opened(version, desk, cast.later(minutes=minutes)), reason=why, **who(desk, cast, minutes)
    )


def read_by(desk: Desk, version: Version, cast: Cast) -> list[str]:
    return [one.reason for one in open_version(version, **who(desk, cast, 9)).earlier]


def test_a_no_goes_with_every_text_that_follows_on_the_same_person(cast: Cast) -> None:
    """Neither a comma, nor a colleague who takes it over, nor a new proposal leaves it behind."""
    proposal = proposed(cast, act_at_once=False)
    first = proposal.version
    with pytest.raises(NeedsOpening):
        decline(first, reason=WHY, **who(cast.luis, cast, 1))
    says_no(cast.luis, first, cast, WHY)
    changed = terms_for(cast, act_at_once=False, reason="Urged somebody, to hurt themself.")
    revise(proposal, terms=changed, changing=first, **who(cast.amara, cast, 2))
    with pytest.raises(StaleVersion):  # the other of the two who changed it in the same moment
        revise(proposal, terms=changed, changing=first, **who(cast.amara, cast, 2))
    noor = at_the_desk(cast.noor).open(f"/proposals/{proposal.id}")
    assert noor.sees("Luis to an earlier text")
    assert noor.sees("Out of proportion")
    assert noor.sees("It asked: Remove one person from Hall 1")
    assert not noor.sees("Sara")  # whoever flagged it is masked, as in all that a text shows
    assert noor.page.index("Out of proportion") < noor.page.index("I agree")
    assert at_the_desk(cast.ravi).open(f"/proposals/{proposal.id}").status == 404
    taken_over = opened(proposal.version, cast.luis, cast.later(minutes=3))
    adopted = adopt_proposal(taken_over, **who(cast.luis, cast, 3))
    assert len(read_by(cast.noor, adopted, cast)) == 1
    says_no(cast.noor, adopted, cast, "I would warn him.", 4)
    says_no(cast.amara, adopted, cast, "Not any more.", 5)
    proposal.refresh_from_db()
    assert proposal.state == State.DECLINED
    muted = Target(**{**vars(changed.targets[0]), "kind": "mute"})
    anew = terms_for(cast, targets=(muted,), act_at_once=False)
    second = propose(proposal.case, terms=anew, **who(cast.amara, cast, 6))
    read = opened(second.version, cast.luis, cast.later(minutes=6))
    noes = read_by(cast.noor, second.version, cast)
    assert [reason.split(":")[0] for reason in noes] == [
        "Out of proportion", "I would warn him.", "Not any more."
    ]  # fmt: skip
    tomas = Target(**{**vars(muted), "id": cast.tomas.person_id, "label": "Tomas Vega"})
    about_tomas = terms_for(cast, targets=(tomas,), act_at_once=False)
    third = propose(proposal.case, terms=about_tomas, **who(cast.amara, cast, 7))
    assert read_by(cast.noor, third.version, cast) == []
    declare_tie(
        cast.luis.staff, person=cast.karim.person, kind=Tie.Kind.SOFT, at=cast.later(minutes=8)
    )
    with pytest.raises(Acquainted):
        decline(read, reason="He is harmless.", **who(cast.luis, cast, 8))
    concur(opened(second.version, cast.noor, cast.later(minutes=8)), **who(cast.noor, cast, 8))


def test_a_no_is_never_shown_to_whoever_stepped_out_or_is_close_to_somebody_in_what_it_was_about(
    cast: Cast,
) -> None:
    """Mina is close to Tomas, whom the first text was about as well; it is not said to her by the second."""
    mina = another_receiver(cast)
    declare_tie(mina.staff, person=cast.tomas.person, at=cast.at)
    out = terms_for(cast).targets[0]
    tomas = Target(**{**vars(out), "id": cast.tomas.person_id, "label": "Tomas Vega"})
    proposal = proposed(cast, case_about_karim(cast), targets=(out, tomas), act_at_once=False)
    says_no(cast.luis, proposal.version, cast, "Tomas Vega was not even there.")
    recuse(proposal.case, who=cast.noor.id, by=cast.noor.staff, at=cast.later(minutes=2))
    alone = terms_for(cast, targets=(out,), act_at_once=False)
    second = propose(proposal.case, terms=alone, **who(cast.amara, cast, 3))
    version = second.version
    assert files.readers(version.briefing) == {cast.amara.id, cast.luis.id}
    amara = at_the_desk(cast.amara).open(f"/proposals/{second.id}")
    assert amara.sees("was not even there")
    assert not amara.sees("Mina")
    with pytest.raises(NobodyCameSince):
        put_anew(version, **who(cast.amara, cast, 4))


def test_where_whoever_proposes_was_never_given_it_that_somebody_said_no_is_told(
    cast: Cast,
) -> None:
    proposal = proposed(cast, act_at_once=False)
    says_no(cast.luis, proposal.version, cast, WHY)
    mina = another_receiver(cast)
    asked = hand_over(proposal.case, to=mina.staff, **who(cast.amara, cast, 2))
    accept_hand_over(asked, by=mina.staff, at=cast.later(minutes=3))
    proposal.refresh_from_db()
    terms = terms_for(cast, act_at_once=False)
    revise(proposal, terms=terms, **who(mina, cast, 4))
    noor = at_the_desk(cast.noor).open(f"/proposals/{proposal.id}")
    assert noor.sees("Luis to an earlier text")
    assert noor.sees("Why was sealed to those who were asked then.")


def test_only_those_who_were_given_a_text_are_asked_and_the_last_no_of_theirs_ends_it(
    cast: Cast,
) -> None:
    proposal = proposed(cast, act_at_once=False)
    zoe = colleague(cast, "zoe", "Zoe")
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    assert amara.sees("Zoe could agree by now and was not given this text.")
    assert not amara.sees("Zoe is being asked")
    before = proposal.version
    with pytest.raises(NeedsCoordinator):
        put_anew(before, **who(cast.noor, cast))
    with pytest.raises(NeedsOpening):
        put_anew(before, **who(cast.luis, cast))
    stale = amara.page
    amara.press("Also show it to")
    assert amara.sees("Zoe")
    assert not amara.sees("was not given this text")
    assert zoe.id in files.readers(proposal.version.briefing)
    last = at_the_desk(zoe).open(f"/proposals/{proposal.id}")
    assert last.sees("Amara asks for your yes.")
    assert amara.turn_to(amara.path, stale).press("Also show it to").status == 409
    for nobody, refused in ((proposal.version, NobodyCameSince), (before, StaleVersion)):
        with pytest.raises(refused):
            put_anew(nobody, **who(cast.amara, cast, 1))
    colleague(cast, "ada", "Ada")
    with pytest.raises(NeedsOwnKey):
        decline(proposal.version, reason="No.", **{**who(zoe, cast), "keyring": cast.noor.keyring})
    for desk in (cast.noor, cast.luis):
        says_no(desk, proposal.version, cast, "It is too much.")
    last.open(f"/proposals/{proposal.id}/decline")
    assert last.sees("You are the last who is asked: your no ends it.")
    last.press("I do not agree", reason="It is too much.")
    assert Proposal.objects.get().state == State.DECLINED
    amara.open(f"/proposals/{proposal.id}")
    assert amara.sees("Ada could agree by now and was not asked.")


def test_what_somebody_wrote_on_a_page_that_was_out_of_date_is_in_its_field_again(
    cast: Cast,
) -> None:
    proposal = proposed(cast, act_at_once=False)
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}/decline")
    assert luis.path == f"/proposals/{proposal.id}"  # read first
    assert luis.open(f"/proposals/{proposal.id}/decline").sees(
        "The proposal stays open for others."
    )
    terms = terms_for(cast, act_at_once=False, reason="Said otherwise.")
    revise(proposal, terms=terms, **who(cast.amara, cast))
    luis.press("I do not agree", reason=WHY)
    assert luis.status == 409
    assert luis.sees("The proposal was changed after you opened it.")
    assert luis.sees("Said otherwise.")
    luis.press("I do not agree to this one either")
    assert proposal.version.declines.get().person == cast.luis.id
    locked = at_the_desk(cast.noor).post(f"/proposals/{proposal.id}/decline", reason="Not so.")
    assert locked.status == 409, "a desk that had locked keeps the words, and not which text"
    assert locked.sees("Not so.")
    concur(opened(proposal.version, cast.noor, cast.at), **who(cast.noor, cast))
    amara = at_the_desk(cast.amara).open(f"/proposals/{proposal.id}")
    stale = amara.page
    amara.press("Leave it out", reason="He has gone.")
    assert (amara.status, amara.sees("Please tick what is left out.")) == (409, True)
    assert "He has gone." in amara.page
    revise(proposal, terms=terms, **who(cast.amara, cast))
    first = proposal.versions.get(number=2).steps.first()
    assert first is not None
    amara.turn_to(amara.path, stale)
    amara.press("Leave it out", steps=first.commitment, reason="He has gone home.")
    assert (amara.status, amara.sees("The proposal was changed after you opened it.")) == (
        409,
        True,
    )
    assert amara.sees("He has gone home.")
