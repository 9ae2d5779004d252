"""Somebody under a decision who comes back under a new login is recognised; nobody else is (PUB-08, PUB-09)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.audit import audit
from concord.concurrence.concur import concur
from concord.concurrence.models import Concurrence, Decision, Execution, Warrant
from concord.concurrence.propose import propose
from concord.convenings.models import Registration
from concord.evasion.apply_return import NeedsReasonToBelieve, apply_return
from concord.evasion.models import Match
from concord.evasion.revoke_again import DecisionNotInForce, NotTheSameMailbox, revoke_again
from concord.ledger.models import Entry
from concord.people.signals import signed_in
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post
from concord.spaces.offer_help import help_for
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, login_by_mailbox, opened, participant, proposed, stage
from tests.looking_again import lift_of


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    """The event began a while ago: what a page asks in the minute after a decision is nobody's return."""
    return stage(timezone.now() - timedelta(minutes=30))


@pytest.fixture
def decision(cast: Cast) -> Decision:
    """Karim, who wrote from karim.haddad@gmail.com, is out of the hall for a day."""
    version = opened(proposed(cast).version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return agreed.execution.decision


def registers(
    cast: Cast, mailbox: Mailbox, name: str, address: str, *, at: Browser | None = None
) -> Browser:
    """Somebody new walks up to the hall, in a browser of their own or in one that stands there."""
    browser = (at or Browser()).open("/e/votes/register")
    browser.press("Send me a link", display_name=name, address=address)
    browser.press("Go in", code=mailbox.code())
    return into(browser, cast.hall)


@pytest.mark.clauses("R-EVADE-1", "R-EVADE-2")
def test_the_same_mailbox_behind_an_alias_is_refused_under_the_prior_decision(
    cast: Cast, decision: Decision, mailbox: Mailbox
) -> None:
    again = registers(cast, mailbox, "A new face", "k.a.rimhaddad+talks@googlemail.com")
    assert again.status == 403
    assert again.sees("You do not have access to this place at the moment.")
    match = Match.objects.get()
    assert (match.decision, match.evidence) == (decision, "mailbox")
    assert match.execution.prior_decision == decision
    assert Concurrence.objects.count() == 1
    assert Entry.objects.filter(verb="evasion.revoke_again", subject=decision.id).count() == 1
    assert into(again, cast.annex).status == 200
    assert audit() == []


@pytest.mark.clauses("R-EVADE-1")
def test_the_very_account_is_refused_and_its_return_is_noted_under_the_decision(
    cast: Cast, decision: Decision, mailbox: Mailbox
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    assert karim.status == 403
    assert Match.objects.get().decision == decision
    assert Match.objects.get().state == "held"


@pytest.mark.clauses("R-EVADE-1", "P-OPEN-1", "A-UNIT-1")
@pytest.mark.parametrize(
    "name, address, is_shared",
    [
        ("Karim Haddad", "karim.haddad@ministry.example", False),
        ("Karim Haddad", "karim.haddad2@gmail.com", False),
        ("Karima Haddad", "karima.haddad@gmail.com", True),
    ],
)
def test_somebody_with_a_similar_name_or_address_gets_in_and_sees_nothing_unusual(
    cast: Cast, decision: Decision, mailbox: Mailbox, name: str, address: str, is_shared: bool
) -> None:
    computer = Browser()
    if is_shared:  # it stands in an office, and Karim was refused at it
        computer.client = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall).client
        assert computer.open(f"/r/{cast.hall.id}").status == 403
        computer.post("/out")
    known = Match.objects.count()
    namesake = registers(cast, mailbox, name, address, at=computer)
    assert namesake.status == 200
    assert "karim.haddad@" not in namesake.page
    namesake.press("Send", text="Good morning")
    assert namesake.sees("Good morning")
    assert Match.objects.count() == known


@pytest.mark.clauses("R-EVADE-1")
def test_one_member_of_staff_states_the_reason_and_access_and_posts_go_in_one_step(
    cast: Cast, decision: Decision
) -> None:
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    post = cast.say(again, "the same words once more")
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring}
    step = {"posts": [post], **luis, "at": cast.later(minutes=1)}
    with pytest.raises(NeedsReasonToBelieve):
        apply_return(decision, person=again.person_id, reason=" ", **step)
    apply_return(decision, person=again.person_id, reason="Same mailbox, same words.", **step)
    assert not is_admitted(again.person_id, cast.hall.places, at=cast.later(minutes=2))
    assert Post.objects.get(id=post.id).removed
    assert {each.prior_decision for each in Execution.objects.filter(concurrence=None)} == {
        decision
    }
    assert Concurrence.objects.count() == 1
    assert audit() == []


@pytest.mark.clauses("R-EVADE-1", "R-EVADE-2")
def test_without_a_sign_that_it_is_the_same_person_a_reason_is_not_enough(
    cast: Cast, decision: Decision
) -> None:
    with pytest.raises(NotTheSameMailbox):
        apply_return(
            decision,
            person=cast.tomas.person_id,
            posts=[],
            reason="I am sure.",
            by=cast.luis.staff,
            keyring=cast.luis.keyring,
            at=cast.later(minutes=1),
        )
    assert is_admitted(cast.tomas.person_id, cast.hall.places, at=cast.later(minutes=2))


@pytest.mark.clauses("R-EVADE-2")
def test_a_repetition_is_never_wider_or_longer_than_the_decision(
    cast: Cast, decision: Decision
) -> None:
    login = login_by_mailbox("karimhaddad+2@gmail.com")
    signed_in.send(sender=None, login=login, at=cast.later(hours=1))
    prior, again = Shut.objects.order_by("since_at")
    assert (again.place, again.until_at) == (prior.place, prior.until_at)
    execution = Match.objects.get().execution
    for wider in (
        {"kind": "revoke", "scope_kind": "all"},
        {"kind": "revoke", "scope_kind": "session", "scope_id": cast.hall.session_id,
         "until_at": cast.later(hours=48)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Warrant.objects.create(execution=execution, target=cast.tomas.person_id, **wider)


@pytest.mark.clauses("R-EVADE-2")
def test_the_exception_dies_with_the_decision(cast: Cast, decision: Decision) -> None:
    over = cast.later(hours=24)
    login = login_by_mailbox("karimhaddad+3@gmail.com")
    signed_in.send(sender=None, login=login, at=over)
    assert not Match.objects.exists()
    assert is_admitted(login.person_id, cast.hall.places, at=over)
    with pytest.raises(DecisionNotInForce):
        revoke_again(decision, person=login.person_id, evidence="mailbox", at=over)
    with pytest.raises(IntegrityError), transaction.atomic():
        Execution.objects.create(prior_decision=decision, executed_at=over)


@pytest.mark.clauses("R-EVADE-1")
def test_when_it_was_somebody_else_everything_comes_back_and_the_pair_never_returns(
    cast: Cast, decision: Decision, mailbox: Mailbox
) -> None:
    taken_for = registers(cast, mailbox, "A relative", "karimhaddad+family@gmail.com")
    assert taken_for.status == 403
    match = Match.objects.get()
    luis = at_the_desk(cast.luis).open("/second")
    luis.client.post(
        f"/returns/{match.id}/undo",
        {"csrfmiddlewaretoken": luis.client.cookies["__Host-csrf"].value},
    )
    assert into(taken_for, cast.hall).status == 200
    again = by_mail("karimhaddad+family@gmail.com", mailbox)
    assert into(again, cast.hall).status == 200
    assert Match.objects.get().state == "undone"


def behind_another_login(cast: Cast, *words: str) -> Registration:
    """Karim wrote in the hall under another name, too, before he was recognised."""
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    for each in words:
        cast.say(again, each)
    signed_in.send(sender=None, login=again.person.logins.get(), at=cast.later(minutes=1))
    return again


@pytest.mark.clauses("R-EVADE-1", "R-ACT-DELETE")
def test_what_they_wrote_under_the_new_login_goes_with_one_stated_reason(
    cast: Cast, decision: Decision
) -> None:
    again = behind_another_login(cast, "The same words once more", "And a greeting")
    kept, gone = Post.objects.filter(registration=again).order_by("-number")
    luis = at_the_desk(cast.luis).open(f"/decisions/{decision.id}").follow("Delete what they wrote")
    assert luis.sees("The same words once more")
    luis.press("Delete them", posts=str(gone.id), reason=" ")
    assert luis.status == 409
    assert luis.sees("Please write in a sentence why.")
    luis.press("Delete them", posts=str(gone.id), reason="The same insult, word for word.")
    assert luis.sees("One post is deleted.")
    assert Post.objects.get(id=gone.id).removed
    assert Post.objects.get(id=kept.id).text == "And a greeting"
    assert Execution.objects.filter(prior_decision=decision, executed_by=cast.luis.id).count() == 1
    assert Concurrence.objects.count() == 1
    luis.follow("Delete what they wrote")
    assert luis.sees("The same insult, word for word.")
    assert audit() == []


@pytest.mark.clauses("R-EVADE-1", "R-EVADE-2")
def test_nobody_but_those_who_may_read_it_deletes_under_it_and_no_longer_than_it_holds(
    cast: Cast, decision: Decision
) -> None:
    again = behind_another_login(cast, "The same words once more")
    page = f"/returns/{Match.objects.get().id}/posts"
    for nobody in (cast.noor, cast.ravi):
        assert at_the_desk(nobody).open(page).status == 404
    luis = at_the_desk(cast.luis).open(page)
    lifting = propose(
        decision.case, terms=lift_of(decision),
        by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.later(minutes=2),
    )  # fmt: skip
    version = opened(lifting.version, cast.luis, cast.later(minutes=3))
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=3))
    luis.press("Delete them", reason="The same insult.")
    assert luis.sees("That decision is no longer in force")
    assert luis.open(page).sees("The decision is over, and with it this short way.")
    assert not Post.objects.get(registration=again).removed


@pytest.mark.clauses("V-THREAT-1", "R-EVADE-1")
def test_whoever_is_threatened_by_somebody_who_came_back_is_shown_help_lines(
    cast: Cast, decision: Decision
) -> None:
    again = behind_another_login(cast, "I will kill you, Tomas")
    said = Post.objects.get(registration=again)
    luis = at_the_desk(cast.luis).open(f"/returns/{Match.objects.get().id}/posts")
    luis.press("Delete them", posts=str(said.id), reason="The same threat.")
    offered = [
        who for who in (cast.tomas, cast.sara, again)
        if help_for(who.person_id, convening=cast.convening, at=timezone.now())
    ]  # fmt: skip
    assert offered == [cast.tomas, cast.sara]  # called by name, and whom the case protects
