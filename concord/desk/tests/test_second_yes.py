"""The page of the second yes: what it lets whom do, stale pages, double clicks, and what it says of no."""

from __future__ import annotations

from concord.cases.models import Case
from concord.cases.parties import known_parties
from concord.cases.take_up import take_up
from concord.concurrence.models import Concurrence, Decline, Execution, Proposal, State
from concord.concurrence.propose import revise
from concord.convenings.models import Registration
from concord.ledger.models import Entry
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.judge_credible import judge_credible
from concord.spaces.models import Removal
from tests.browsing import Browser
from tests.cast import Cast, case_about_karim, proposed, terms_for

SHORT = {
    "reason": "Shouted at somebody in the room.",
    "grounds": "violation",
    "violations": "threat",
    "is_safe": "on",
}


def path_of(proposal: Proposal) -> str:
    return f"/proposals/{proposal.id}"


def test_reading_it_is_opening_it(cast: Cast, luis: Browser) -> None:
    proposal = proposed(cast)
    luis.open(path_of(proposal))
    assert proposal.version.openings.filter(person=cast.luis.id).exists()


def test_it_says_what_changes_and_keeps_what_was_written_covered(cast: Cast, luis: Browser) -> None:
    luis.open(path_of(proposed(cast)))
    assert luis.sees("1 person loses access")
    assert luis.sees("1 post deleted")
    assert luis.sees("nobody else")
    assert luis.page.index('<details class="veil"') < luis.page.index("go and hurt yourself")


def test_names_of_protected_people_are_masked_in_what_was_written(
    cast: Cast, luis: Browser
) -> None:
    luis.open(path_of(proposed(cast)))
    assert "Sara" not in luis.page
    assert luis.sees("person A, go and hurt yourself")


def test_whoever_proposed_it_waits_and_is_told_who_is_asked(cast: Cast, amara: Browser) -> None:
    amara.open(path_of(proposed(cast)))
    assert amara.sees("Luis and Noor are being asked now.")
    assert "I agree" not in amara.page


def test_a_coordinator_who_posts_a_yes_of_her_own_is_refused(cast: Cast, amara: Browser) -> None:
    proposal = proposed(cast)
    amara.post(f"{path_of(proposal)}/concurrence", version=proposal.version.id)
    assert amara.status == 403
    assert amara.sees("It needs a second yes from somebody else.")
    assert not Concurrence.objects.exists()
    assert Entry.objects.filter(verb="refused", actor=cast.amara.id).exists()


def test_nothing_is_carried_out_before_a_colleague_agreed(cast: Cast, amara: Browser) -> None:
    proposal = proposed(cast)
    amara.post(f"{path_of(proposal)}/execution", version=proposal.version.id)
    assert amara.status == 403
    assert amara.sees("Nobody else has agreed to this yet. Nothing was changed.")
    assert not Execution.objects.exists()


def test_a_double_click_acts_once_and_says_the_same_twice(cast: Cast, luis: Browser) -> None:
    proposal = proposed(cast)
    luis.open(path_of(proposal))
    for _ in range(2):
        luis.post(f"{path_of(proposal)}/concurrence", version=proposal.version.id)
        assert luis.status == 200
        assert luis.sees("Amara and Luis agreed.")
    assert Execution.objects.count() == 1
    assert Removal.objects.count() == 1


def test_a_stale_page_agrees_to_nothing_and_leads_to_the_new_text(
    cast: Cast, luis: Browser, noor: Browser
) -> None:
    proposal = proposed(cast)
    luis.open(path_of(proposal))
    looks_again = f"{path_of(proposal)}/changed?version={proposal.version.id}"
    assert noor.open(looks_again).status == 204
    noor.open(path_of(proposal)).open(f"{path_of(proposal)}/decline")
    revise(
        proposal,
        terms=terms_for(cast, reason="Another reason."),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    luis.press("I agree")
    assert luis.status == 409
    assert luis.sees("The proposal was changed after you opened it.")
    assert not Concurrence.objects.exists()
    assert luis.sees("Another reason.")
    assert Entry.objects.filter(verb="refused", actor=cast.luis.id).exists()
    noor.press("I do not agree", reason="He quoted the report.")
    assert noor.status == 409
    assert noor.sees("He quoted the report.")
    assert noor.open(looks_again).sees("The text was changed while you were reading.")
    assert luis.press("I agree").sees("Amara and Luis agreed.")


def test_a_version_of_another_proposal_is_not_there(cast: Cast, luis: Browser) -> None:
    proposal = proposed(cast)
    for version in (cast.luis.id, "not an id"):
        luis.post(f"{path_of(proposal)}/concurrence", version=version)
        assert luis.status == 404


def test_a_look_at_an_address_changes_nothing(cast: Cast, luis: Browser) -> None:
    proposal = proposed(cast)
    for act in ("concurrence", "execution", "withdrawal", "taking-back"):
        luis.open(f"{path_of(proposal)}/{act}")
        assert luis.status == 405


def test_a_no_needs_a_reason_and_the_next_person_reads_it(
    cast: Cast, luis: Browser, noor: Browser
) -> None:
    proposal = proposed(cast)
    luis.open(path_of(proposal)).follow("No, because…").press("I do not agree", reason="  ")
    assert luis.status == 409
    assert luis.sees("Please say in a few words why not")
    luis.press("I do not agree", reason="The post was a quote.")
    assert luis.path == "/"
    assert Decline.objects.count() == 1
    assert not luis.sees(proposal.code)
    noor.open(path_of(proposal))
    assert noor.sees("Luis")
    assert noor.sees("The post was a quote.")


def test_who_agreed_may_take_it_back_until_it_is_carried_out(cast: Cast, luis: Browser) -> None:
    proposal = proposed(cast, act_at_once=False)
    luis.open(path_of(proposal)).press("I agree")
    assert luis.sees("You agreed.")
    luis.press("Take my yes back")
    proposal.refresh_from_db()
    assert proposal.state == State.VOIDED
    assert luis.sees("This proposal is closed.")


def test_the_coordinator_carries_out_what_was_agreed(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    proposal = proposed(cast, act_at_once=False)
    luis.open(path_of(proposal)).press("I agree")
    assert not Execution.objects.exists()
    amara.open(path_of(proposal))
    assert amara.sees("Luis agreed.")
    amara.press("Carry it out now")
    assert Execution.objects.count() == 1
    assert amara.sees("Amara and Luis agreed.")


def test_the_coordinator_withdraws_it(cast: Cast, amara: Browser) -> None:
    amara.open(path_of(proposed(cast))).press("Withdraw it")
    assert amara.sees("Nothing was changed.")
    assert Proposal.objects.get().state == State.WITHDRAWN


def test_colleagues_hear_of_it_by_a_letter_that_says_nothing(cast: Cast, luis: Browser) -> None:
    from concord.outbox.models import Job

    proposed(cast)
    asked = set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))
    assert {cast.luis.id, cast.noor.id} <= asked


def test_it_says_plainly_when_somebody_was_only_named(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    """X wrote under the name of Tomas and is called otherwise now; the real Tomas has written nothing."""
    case = case_about_moment(cast)
    amara.open(f"/cases/{case.id}/people")
    amara.press("Keep it", role="respondent", name="Tomas Vega")
    amara.open(f"/cases/{case.id}/propose").press("See what it does", **SHORT)
    assert amara.sees("No post that was flagged or reported is by Tomas Vega")
    amara.press("Ask for a second yes")
    luis.open(path_of(Proposal.objects.get()))
    assert luis.sees("No post that was flagged or reported is by Tomas Vega")


def test_it_says_nothing_of_the_kind_of_whoever_wrote_what_was_flagged(
    cast: Cast, luis: Browser
) -> None:
    luis.open(path_of(proposed(cast)))
    assert "named by hand" not in luis.page


def test_a_name_that_was_borrowed_finds_whoever_wrote_under_it(cast: Cast, amara: Browser) -> None:
    Registration.objects.filter(id=cast.karim.id).update(display_name="Tomas Vega")
    cast.karim.refresh_from_db()
    case = case_about_karim(cast)
    Registration.objects.filter(id=cast.karim.id).update(display_name="Somebody Else")
    for role in ("respondent", "witness"):
        amara.open(f"/cases/{case.id}/people").press("Keep it", role=role, name="Tomas Vega")
    found = {
        (each.role, each.person_id) for each in known_parties(case, keyring=cast.amara.keyring)
    }
    assert ("respondent", cast.karim.person_id) in found
    assert ("respondent", cast.tomas.person_id) not in found
    assert ("witness", cast.tomas.person_id) in found
    amara.open(f"/cases/{case.id}/propose")
    assert amara.page.count(f'<fieldset id="id_step_{cast.karim.person_id}"') == 1


def case_about_moment(cast: Cast) -> Case:
    flag = flag_moment(
        cast.hall, words="Tomas Vega shouted", by=cast.sara.person_id, by_staff=False, at=cast.at
    )
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    return take_up(judge_credible(flag, credible=True, reason="Loud.", **who), **who)
