"""A new login of a revoked person is acted on under the prior decision, never wider, and stops with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.access.shut import end_shut
from concord.access.signals import entry_refused
from concord.actions.audit import audit
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Execution, Warrant
from concord.evasion.apply_return import (
    NeedsReasonToBelieve,
    NotOfAReturn,
    apply_return,
    delete_again,
)
from concord.evasion.models import Match
from concord.evasion.revoke_again import (
    DecisionNotInForce,
    MayNotActOnAReturn,
    NotTheSameMailbox,
    revoke_again,
)
from concord.evasion.undo import give_back, undo
from concord.ledger.models import Entry
from concord.people.signals import signed_in
from concord.spaces.models import Post
from tests.browsing import at_the_desk
from tests.cast import Cast, login_by_mailbox, opened, participant, proposed

pytestmark = pytest.mark.django_db


def decided(cast: Cast) -> Decision:
    """Karim is out of the hall for a day."""
    version = opened(proposed(cast).version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return agreed.execution.decision


def arrives(cast: Cast, address: str):
    """Somebody verifies a mailbox."""
    login = login_by_mailbox(address)
    signed_in.send(sender=None, login=login, at=cast.later(minutes=5))
    return login.person


def in_the_hall(cast: Cast, person, at=None) -> bool:
    return is_admitted(person.id, cast.hall.places, at=at or cast.later(minutes=6))


def test_the_same_mailbox_behind_an_alias_is_refused_under_the_prior_decision(cast: Cast) -> None:
    decision = decided(cast)
    person = arrives(cast, "Karim.Had.dad+new@gmail.com")
    assert not in_the_hall(cast, person)
    match = Match.objects.get(person=person)
    assert (match.decision, match.evidence, match.state) == (decision, "mailbox", "applied")
    assert match.execution.prior_decision == decision
    assert match.execution.concurrence is None
    assert audit() == []


def test_a_similar_name_or_address_gets_in(cast: Cast) -> None:
    decided(cast)
    for address in ("karima.haddad@gmail.com", "karim.haddad@example.org"):
        assert in_the_hall(cast, arrives(cast, address))
    assert not Match.objects.exists()


def test_it_is_never_wider_and_never_longer(cast: Cast) -> None:
    decision = decided(cast)
    person = arrives(cast, "karimhaddad+2@gmail.com")
    prior = decision.execution.warrants.get(kind="revoke")
    again = Warrant.objects.get(execution__prior_decision=decision, kind="revoke")
    assert (again.scope_kind, again.scope_id, again.until_at) == (
        prior.scope_kind,
        prior.scope_id,
        prior.until_at,
    )
    assert is_admitted(person.id, cast.annex.places, at=cast.later(minutes=6))


def test_the_database_refuses_a_wider_repetition(cast: Cast) -> None:
    decision = decided(cast)
    execution = Execution.objects.create(prior_decision=decision, executed_at=cast.later(minutes=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Warrant.objects.create(
            execution=execution, kind="revoke", target=cast.tomas.person_id, scope_kind="all"
        )


def test_it_dies_with_the_decision(cast: Cast) -> None:
    decision = decided(cast)
    assert decision.until_at is not None
    with pytest.raises(DecisionNotInForce):
        revoke_again(
            decision,
            person=cast.tomas.person_id,
            evidence="mailbox",
            at=decision.until_at + timedelta(seconds=1),
        )
    login = login_by_mailbox("karimhaddad@googlemail.com")
    signed_in.send(sender=None, login=login, at=decision.until_at + timedelta(seconds=1))
    assert not Match.objects.exists()


def test_the_database_refuses_a_repetition_of_an_ended_decision(cast: Cast) -> None:
    decision = decided(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Execution.objects.create(prior_decision=decision, executed_at=decision.until_at)


def test_the_very_account_is_noted_at_the_door(cast: Cast) -> None:
    decision = decided(cast)
    shut = Shut.objects.get(person=cast.karim.person)
    for minutes in (1, 1, 2, 59, 61):
        entry_refused.send(
            sender=None,
            person_id=cast.karim.person_id,
            shut_id=shut.id,
            at=decision.made_at + timedelta(minutes=minutes),
        )
    assert Match.objects.get().decision == decision
    assert Match.objects.get().state == "held"
    held = Entry.objects.filter(verb="evasion.held", subject=decision.id)
    assert [entry.facts["first"] for entry in held] == [True, False], "one entry in an hour"


def test_the_page_that_was_just_cut_is_no_return(cast: Cast) -> None:
    decided(cast)
    shut = Shut.objects.get(person=cast.karim.person)
    entry_refused.send(
        sender=None, person_id=cast.karim.person_id, shut_id=shut.id, at=cast.later(seconds=2)
    )
    assert not in_the_hall(cast, cast.karim.person)
    assert not Match.objects.exists()


def test_a_second_login_that_is_already_in_goes_with_the_decision(cast: Cast) -> None:
    other = participant(cast.convening, "K", "karimhaddad+old@gmail.com", cast.at)
    decided(cast)
    assert not in_the_hall(cast, other.person)


def test_undo_gives_access_back_and_the_pair_never_returns(cast: Cast) -> None:
    decision = decided(cast)
    person = arrives(cast, "karimhaddad+3@gmail.com")
    match = Match.objects.get(person=person)
    for _twice in range(2):
        undo(match, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=7))
    assert in_the_hall(cast, person, at=cast.later(minutes=8))
    revoke_again(decision, person=person.id, evidence="mailbox", at=cast.later(minutes=9))
    assert in_the_hall(cast, person, at=cast.later(minutes=10))


def test_somebody_tied_to_the_person_cannot_undo(cast: Cast) -> None:
    decided(cast)
    arrives(cast, "karimhaddad+4@gmail.com")
    with pytest.raises(MayNotActOnAReturn):
        undo(
            Match.objects.get(),
            by=cast.ravi.staff,
            keyring=cast.ravi.keyring,
            at=cast.later(minutes=7),
        )


def test_a_staff_member_states_a_reason_and_posts_go_in_one_step(cast: Cast) -> None:
    decision = decided(cast)
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    post = cast.say(again, "the same words once more")
    step = {
        "posts": [post],
        "by": cast.luis.staff,
        "keyring": cast.luis.keyring,
        "at": cast.later(minutes=3),
    }
    with pytest.raises(NeedsReasonToBelieve):
        apply_return(decision, person=again.person_id, reason=" ", **step)
    with pytest.raises(NotTheSameMailbox):
        apply_return(decision, person=cast.tomas.person_id, reason="A guess.", **step)
    with pytest.raises(MayNotActOnAReturn):
        apply_return(
            decision,
            person=again.person_id,
            reason="Same mailbox.",
            **{**step, "by": cast.noor.staff, "keyring": cast.noor.keyring},
        )
    apply_return(decision, person=again.person_id, reason="Same mailbox, same words.", **step)
    assert not in_the_hall(cast, again.person)
    assert Post.objects.get(id=post.id).removed
    match = Match.objects.get(person=again.person)
    # Whoever looked again holds no key to the decision yet: access is back, and the posts are not forgotten.
    give_back(match, by=cast.ravi.id, keyring=cast.ravi.keyring, at=cast.later(minutes=3))
    assert in_the_hall(cast, again.person, at=cast.later(minutes=4))
    assert Post.objects.get(id=post.id).removed
    luis = at_the_desk(cast.luis).open(f"/decisions/{decision.id}")
    assert luis.press("Put back what they wrote").sees("What they wrote is back.")
    assert not luis.sees("Put back what they wrote")
    assert Post.objects.get(id=post.id).text == "the same words once more"


def test_a_lifted_shut_does_not_recognise(cast: Cast) -> None:
    decided(cast)
    end_shut(Shut.objects.get(), by=cast.amara.id, at=cast.later(minutes=1))
    assert in_the_hall(cast, arrives(cast, "karimhaddad+5@gmail.com"))


def test_nobody_else_is_revoked_again_whoever_calls_the_verb(cast: Cast) -> None:
    decision = decided(cast)
    with pytest.raises(NotTheSameMailbox):
        revoke_again(
            decision, person=cast.tomas.person_id, evidence="mailbox", at=cast.later(minutes=1)
        )
    assert in_the_hall(cast, cast.tomas.person)


def test_nobody_elses_post_is_deleted_again_and_none_where_the_decision_does_not_hold(
    cast: Cast,
) -> None:
    decision = decided(cast)
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    here, elsewhere = cast.say(again, "once more"), cast.say(again, "hello", room=cast.annex)
    strangers = cast.say(cast.tomas, "Good morning")
    step = {"by": cast.luis.staff, "keyring": cast.luis.keyring, "at": cast.later(minutes=1)}
    with pytest.raises(NotOfAReturn):
        delete_again(decision, posts=[here], **step)  # nobody has recognised them yet
    apply_return(
        decision, person=again.person_id, reason="Same words.", posts=[here, elsewhere], **step
    )
    assert Post.objects.get(id=here.id).removed
    assert Post.objects.get(id=elsewhere.id).text == "hello"
    for post in (strangers, elsewhere):
        with pytest.raises(NotOfAReturn):
            delete_again(decision, posts=[post], **step)
    with pytest.raises(MayNotActOnAReturn):
        delete_again(
            decision,
            posts=[here],
            by=cast.noor.staff,
            keyring=cast.noor.keyring,
            at=cast.later(minutes=1),
        )


def test_what_was_undone_is_not_deleted_again(cast: Cast) -> None:
    decision = decided(cast)
    again = participant(cast.convening, "New", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    post = cast.say(again, "somebody else after all")
    step = {
        "reason": "Same mailbox.",
        "by": cast.luis.staff,
        "keyring": cast.luis.keyring,
        "at": cast.later(minutes=1),
    }
    match = apply_return(decision, person=again.person_id, posts=[], **step)
    undo(match, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=2))
    apply_return(decision, person=again.person_id, posts=[post], **step)
    assert not Post.objects.get(id=post.id).removed
