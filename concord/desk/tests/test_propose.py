"""The proposal form: short when filled from the flag, every word when wider; nothing that was typed is lost."""

from __future__ import annotations

import pytest

from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.concurrence.adopt_proposal import terms_of
from concord.concurrence.concur import concur
from concord.concurrence.contents import read_contents
from concord.concurrence.models import Proposal, State
from concord.desk.ladder import CONSIDERED
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.monitoring.screeners import make_screener
from concord.spaces.models import Post
from tests.browsing import Browser
from tests.cast import Cast, case_about_karim, opened, participant, proposed

REASON = "Urged somebody in the room to hurt themself."
SHORT = {"reason": REASON, "grounds": "violation", "violations": "threat", "is_safe": "on"}


@pytest.fixture
def case(cast: Cast) -> Case:
    return case_about_karim(cast)


@pytest.fixture
def form(case: Case, amara: Browser) -> Browser:
    """Amara at the form of her case."""
    return amara.open(f"/cases/{case.id}/propose")


def texts_of(cast: Cast) -> dict:
    version = Proposal.objects.get().version
    return read_contents(version, keyring=cast.amara.keyring)["texts"]


def test_it_is_filled_from_the_flag(cast: Cast, form: Browser) -> None:
    post = Post.objects.get(registration=cast.karim)
    assert f'value="revoke" id="id_step_{cast.karim.person_id}_5" checked' in form.page
    assert f'value="{post.id}" id="id_posts_0" checked' in form.page
    assert form.sees("for one day; choose another place or time below.")


def test_of_an_item_of_screening_each_message_is_ticked_the_most_pressing_first(
    cast: Cast, amara: Browser
) -> None:
    make_screener(cast.convening.id)
    words = ("Women are so stupid", "I will kill you", "Women are so stupid, all of them")
    mild, threat, last = [
        cast.say(cast.karim, text, at=cast.later(seconds=at)) for at, text in enumerate(words)
    ]
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=1)}
    judged = judge_credible(Flag.objects.get(), credible=True, reason="A threat.", **who)  # type: ignore[arg-type]
    case = take_up(judged, **who)  # type: ignore[arg-type]
    amara.open(f"/cases/{case.id}/propose")
    for number, post in enumerate((threat, last, mild)):
        assert f'value="{post.id}" id="id_posts_{number}" checked' in amara.page


def test_what_is_missing_is_named_and_what_was_typed_stays(form: Browser) -> None:
    form.press("See what it does", reason=REASON)
    assert form.status == 422
    assert form.sees("Choose one ground at least.")
    assert form.sees("Say whom it could put at risk; or tick that you see nobody.")
    assert REASON in form.page
    assert not Proposal.objects.exists()


def test_a_ground_that_needs_more_says_what(form: Browser) -> None:
    form.press("See what it does", **{**SHORT, "grounds": ["conduct", "values"]})
    assert form.sees("Say what you rely on for this ground.")
    assert form.sees("Choose the value that was acted against.")
    form.press("See what it does", **{**SHORT, "violations": []})
    assert form.sees("Say which item of the policy was broken, and by what")


def test_nothing_is_proposed_before_its_effect_was_seen(form: Browser) -> None:
    form.press("See what it does", **SHORT)
    assert form.status == 200
    assert form.sees("Remove one person from Hall 1 until")
    assert form.sees("1 person loses access")
    assert form.sees("1 post deleted")
    assert form.sees(str(CONSIDERED))
    assert not Proposal.objects.exists()


def test_the_notice_is_shown_and_goes_word_for_word(cast: Cast, form: Browser) -> None:
    form.press("See what it does", **SHORT)
    assert form.sees("About your access to Votes and Voices") or "Votes and Voices" in form.page
    assert "http://localhost:8000/review" in form.page
    form.press("Ask for a second yes", notice_body="You cannot come in today.\r\nTell us why not.")
    assert texts_of(cast)["notice_body"] == "You cannot come in today.\nTell us why not."


def test_a_notice_that_names_the_person_who_flagged_is_refused_and_kept(
    cast: Cast, form: Browser
) -> None:
    form.press("See what it does", **SHORT)
    form.press("Ask for a second yes", notice_body="Sara told us about it.")
    assert form.status == 409
    assert form.sees("This text could tell who somebody is who must not be named.")
    assert "Sara told us about it." in form.page
    form.press("Ask for a second yes", notice_body="Somebody told us about it.")
    assert Proposal.objects.count() == 1


def test_changing_something_goes_back_with_everything_kept(form: Browser) -> None:
    form.press("See what it does", **SHORT).press("Change something")
    assert form.status == 200
    assert REASON in form.page
    assert 'value="threat" id="id_violations_5" checked' in form.page


def test_wider_than_the_session_needs_every_answer_in_own_words(cast: Cast, form: Browser) -> None:
    wide = {**SHORT, "scope": f"convening:{cast.convening.id}"}
    form.press("See what it does", **wide)
    assert form.status == 422
    for words in ("Say how this calms", "Say what else was considered", "Say why nothing milder"):
        assert form.sees(words)
    own = {"stabilises": "a", "considered": "b", "less_severe": "c"}
    form.press("See what it does", **wide, **own)
    assert form.sees("Remove one person from Votes and Voices until")


def test_a_second_proposal_about_the_same_waits(cast: Cast, amara: Browser) -> None:
    proposal = proposed(cast)
    amara.open(f"/cases/{proposal.case_id}/propose").press("See what it does", **SHORT)
    amara.press("Ask for a second yes")
    assert amara.status == 409
    assert amara.sees("There is an open proposal about this already.")
    assert REASON in amara.page
    assert Proposal.objects.count() == 1


def test_an_edit_is_filled_with_what_was_proposed_and_needs_a_new_yes(
    cast: Cast, amara: Browser
) -> None:
    proposal = proposed(cast, act_at_once=False)
    first = opened(proposal.version, cast.luis, cast.at)
    concur(first, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    amara.open(f"/proposals/{proposal.id}/edit")
    assert "A warning and a pause of the room." in amara.page
    amara.press("See what it does", reason="Another sentence.").press("Ask for a second yes")
    proposal.refresh_from_db()
    assert proposal.state == State.PROPOSED
    assert proposal.version.number == 2
    assert amara.sees("Needs a second yes.")


def test_an_edit_of_a_text_that_changed_meanwhile_is_refused(cast: Cast, amara: Browser) -> None:
    proposal = proposed(cast)
    amara.open(f"/proposals/{proposal.id}/edit").press("See what it does")
    stale = amara.page
    amara.press("Ask for a second yes")
    amara.turn_to(f"/proposals/{proposal.id}/edit", stale)
    amara.press("Ask for a second yes")
    assert amara.status == 409
    assert amara.sees("The proposal was changed after you opened it.")
    assert proposal.versions.count() == 2


def test_a_post_that_went_meanwhile_is_left_out(cast: Cast, form: Browser) -> None:
    form.press("See what it does", **SHORT, posts=["00000000-0000-0000-0000-000000000000"])
    assert form.status == 200
    assert form.sees("person loses access")
    assert not form.sees("deleted")


def test_of_a_raid_one_choice_stands_for_all_but_those_chosen_otherwise(
    cast: Cast, case: Case, amara: Browser
) -> None:
    raid = [participant(cast.convening, "Raider", f"r{n}@x.example", cast.at) for n in range(3)]
    for one in raid:
        flag = flag_post(
            cast.say(one, "All of you, out"),
            words="They drown everybody out",
            by=cast.sara.person_id,
            by_staff=False,
            at=cast.at,
        )
        who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
        take_up(judge_credible(flag, credible=True, reason="A raid.", **who), into=case, **who)
    amara.open(f"/cases/{case.id}/propose")
    amara.press("See what it does", **SHORT, posts=[])
    assert amara.status == 422, "somebody is chosen by itself"
    chosen = {"step_for_all": "revoke", f"step_{raid[0].person_id}": "warn"}
    amara.press("See what it does", **SHORT, **chosen)
    assert amara.sees("3 people lose access")
    assert amara.sees("1 person gets a letter")
    amara.press("Ask for a second yes")
    version = Proposal.objects.get().version
    steps = {
        target.id: target.kind for target in terms_of(version, keyring=cast.amara.keyring).targets
    }
    people = [cast.karim, *raid]
    assert [steps[one.person_id] for one in people] == ["revoke", "warn", "revoke", "revoke"]


def test_all_they_wrote_here_goes_by_one_tick_and_each_is_a_step_that_can_be_left_out(
    cast: Cast, case: Case, amara: Browser
) -> None:
    """As many as stood on the page: what is written meanwhile was before nobody's eyes."""
    for number in range(39):
        cast.say(cast.karim, f"Go away {number}")
    elsewhere = cast.say(cast.karim, "Good morning", room=cast.annex)
    amara.open(f"/cases/{case.id}/propose")
    assert amara.sees("All 40 of their posts in Hall 1")
    amara.press("See what it does", **SHORT, all_here="on")
    assert amara.sees("40 posts deleted")
    cast.say(cast.karim, "One more")
    amara.press("Ask for a second yes")
    terms = terms_of(Proposal.objects.get().version, keyring=cast.amara.keyring)
    gone = {target.id for target in terms.targets if target.kind == "delete"}
    assert len(gone) == 40
    assert elsewhere.id not in gone
