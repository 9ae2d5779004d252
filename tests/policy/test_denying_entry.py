"""Somebody who was never seen here can be kept out, by two people like everything else (PUB-18, A-DENY-1)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from concord.access.forget_tokens import forget_tokens
from concord.access.gate import is_admitted
from concord.access.models import Shut, ShutToken
from concord.actions.audit import audit
from concord.actions.deny_entry import KeptTooShort, KnownAlready, NoMailbox, SharedMailbox
from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.guards import NeedsAnotherStaffMember
from concord.concurrence.let_stand import NobodyWouldBeKnown, let_stand
from concord.concurrence.look_again import look_again
from concord.concurrence.models import (
    Decision,
    Execution,
    GroundCount,
    Look,
    Proposal,
    Warrant,
)
from concord.concurrence.propose import propose
from concord.concurrence.terms import Incomplete, Target
from concord.evasion.models import Match
from concord.evasion.undo import undo
from concord.ledger.models import Entry
from concord.people.models import Login, Person
from concord.people.tests.team import Mailbox
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import Cast, case_about_karim, login_by_mailbox, opened, proposed, stage, terms_for

VIKTOR = "viktor.lang@gmail.com"
REFUSED = "You do not have access to this place at the moment."


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(minutes=30))


def viktor(*addresses: str, **said: object) -> Target:
    """Viktor out of every event, with a day to look at it again."""
    fields: dict[str, object] = {
        "scope_kind": "all",
        "review_on": (timezone.now() + timedelta(days=90)).date(),
        "detail": {"addresses": list(addresses or [VIKTOR])},
    }
    return Target("deny", uuid4(), "Viktor Lang", **{**fields, **said})  # type: ignore[arg-type]


def denied(cast: Cast, *targets: Target, **changes: object) -> Decision:
    """Amara proposed, Luis agreed."""
    proposal = proposed(cast, targets=targets or (viktor(),), **changes)
    version = opened(proposal.version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    decision: Decision = agreed.execution.decision
    return decision


def comes_to_the_door(mailbox: Mailbox, address: str, name: str = "V.") -> Browser:
    browser = Browser().open("/e/votes/register")
    browser.press("Send me a link", display_name=name, address=address)
    return browser.press("Go in", code=mailbox.code())


@pytest.mark.clauses("A-DENY-1", "P-DIGNITY-1")
def test_somebody_never_seen_before_is_refused_at_the_door_in_its_ordinary_words(
    cast: Cast, mailbox: Mailbox
) -> None:
    decision = denied(cast)
    at_the_door = comes_to_the_door(mailbox, "v.i.k.tor.lang+new@googlemail.com")
    assert (at_the_door.status, at_the_door.sees(REFUSED)) == (403, True)
    assert not any(at_the_door.sees(word) for word in ("denied", "ban", "Viktor", decision.code))
    assert Match.objects.get().decision == decision
    at_the_door.follow("This is not me")
    at_the_door.press("Send", words="I have never been to anything of yours.")
    assert at_the_door.sees("code")
    assert audit() == []


@pytest.mark.clauses("A-DENY-1", "R-CONCUR-1")
def test_nobody_is_kept_out_before_a_second_person_agreed(cast: Cast, mailbox: Mailbox) -> None:
    proposal = proposed(cast, targets=(viktor(),))
    with pytest.raises(NeedsAnotherStaffMember):
        concur(
            opened(proposal.version, cast.amara, cast.at),
            by=cast.amara.staff,
            keyring=cast.amara.keyring,
            at=cast.at,
        )
    assert comes_to_the_door(mailbox, VIKTOR).status == 200
    assert not Shut.objects.exists()


@pytest.mark.clauses(
    "A-DENY-1", "A-GROUND-1", "A-GROUND-2", "A-GROUND-3", "A-GROUND-4", "A-THOUGHT-1"
)
@pytest.mark.parametrize(
    "ground, needs",
    [
        ("risk", {}),
        ("violation", {"finding": "Slurs against a speaker.", "violations": ("comment",)}),
        ("conduct", {"relied_on": "The verdict of a court, read on 3 May."}),
        ("values", {"value": "dignity"}),
    ],
)
def test_each_of_the_four_grounds_carries_a_denial_and_is_counted_apart(
    cast: Cast, ground: str, needs: dict[str, object]
) -> None:
    bare: dict[str, object] = {"finding": "", "violations": (), "grounds": (ground,)}
    if needs:
        with pytest.raises(Incomplete):
            proposed(cast, targets=(viktor(),), **bare)
    denied_case = Case.objects.first() or case_about_karim(cast)
    terms = terms_for(cast, targets=(viktor(),), **{**bare, **needs})
    proposal = propose(
        denied_case, terms=terms, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )
    version = opened(proposal.version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert dict(GroundCount.objects.values_list("ground", "decisions")) == {ground: 1}


@pytest.mark.clauses("A-DENY-1", "K-PRIV-1")
def test_the_address_stands_only_in_the_sealed_text(cast: Cast) -> None:
    decision = denied(cast)
    shut = Shut.objects.get()
    assert not Login.objects.filter(person=shut.person).exists()
    assert ShutToken.objects.get().shut == shut
    warrant = Warrant.objects.get()
    manifest = decision.execution.concurrence.version.manifest
    assert (
        "viktor" not in (manifest + str(vars(warrant)) + repr(list(Entry.objects.values()))).lower()
    )


@pytest.mark.clauses("A-DENY-1", "A-UNIT-1", "P-OPEN-1")
@pytest.mark.parametrize("address", ["viktor.lang@example.org", "viktor.langer@gmail.com"])
def test_others_with_a_similar_name_or_address_are_let_in(
    cast: Cast, mailbox: Mailbox, address: str
) -> None:
    denied(cast)
    assert comes_to_the_door(mailbox, address, "Viktor Lang").status == 200


@pytest.mark.clauses("A-DENY-1")
def test_out_of_one_event_leaves_the_others_open(cast: Cast, mailbox: Mailbox) -> None:
    denied(cast, viktor(scope_kind="convening", scope_id=cast.convening.id))
    assert by_mail(VIKTOR, mailbox).status == 200
    assert comes_to_the_door(mailbox, VIKTOR).status == 403


@pytest.mark.clauses("A-DENY-1")
def test_whoever_came_in_since_it_was_proposed_goes_with_it(cast: Cast, mailbox: Mailbox) -> None:
    proposal = proposed(cast, targets=(viktor(),))
    inside = comes_to_the_door(mailbox, VIKTOR)
    assert inside.status == 200
    version = opened(proposal.version, cast.luis, timezone.now())
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=timezone.now())
    assert inside.open("/e/votes").open(f"/r/{cast.hall.id}").status == 403
    assert Match.objects.get().state == "applied"
    assert audit() == []


@pytest.mark.clauses("A-DENY-1")
def test_it_ends_lifts_and_is_undone_like_any_other_shut(cast: Cast) -> None:
    decision = denied(cast)
    person = login_by_mailbox("viktor.lang+2@gmail.com").person
    from concord.people.signals import signed_in

    signed_in.send(sender=None, login=person.logins.get(), at=cast.later(minutes=1))
    places = cast.hall.places
    assert not is_admitted(person.id, places, at=cast.later(minutes=2))
    match = Match.objects.get()
    undo(match, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=2))
    assert is_admitted(person.id, places, at=cast.later(minutes=3))
    lift = propose(
        decision.case,
        terms=terms_for(cast, targets=(Target("lift", decision.id, decision.code),), grounds=()),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.later(minutes=3),
    )
    version = opened(lift.version, cast.luis, cast.later(minutes=3))
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.later(minutes=4))
    assert not Shut.objects.in_force(cast.later(minutes=5)).exists()
    assert audit() == []


@pytest.mark.clauses("A-DENY-1")
def test_a_box_that_several_people_read_stands_for_nobody(cast: Cast) -> None:
    with pytest.raises(SharedMailbox):
        proposed(cast, targets=(viktor("office@ministry.example"),))
    with pytest.raises(NoMailbox):
        proposed(cast, Case.objects.get(), targets=(viktor("Viktor"),))
    six = [f"viktor{n}@example.org" for n in range(6)]
    with pytest.raises(NoMailbox):
        proposed(cast, Case.objects.get(), targets=(viktor(*six),))


@pytest.mark.clauses("A-DENY-1")
def test_of_somebody_who_is_here_access_is_taken_away_instead(cast: Cast) -> None:
    with pytest.raises(KnownAlready):
        proposed(cast, targets=(viktor("karimhaddad+x@googlemail.com"),))
    with pytest.raises(KnownAlready):
        proposed(
            cast,
            Case.objects.get(),
            targets=(
                Target(
                    "deny",
                    cast.tomas.person_id,
                    "Tomas",
                    scope_kind="all",
                    until_at=cast.later(days=1),
                    detail={"addresses": [VIKTOR]},
                ),
            ),
        )
    assert is_admitted(cast.tomas.person_id, cast.hall.places, at=cast.later(minutes=1))


@pytest.mark.clauses("A-DENY-1")
def test_a_time_in_the_past_or_on_no_clock_is_asked_for_again(cast: Cast) -> None:
    case = case_about_karim(cast)
    naive = cast.later(days=1).replace(tzinfo=None)
    for until_at in (cast.later(minutes=-1), naive):
        with pytest.raises(Incomplete) as refused:
            proposed(cast, case, targets=(viktor(review_on=None, until_at=until_at),))
        assert refused.value.missing == ["until_at"]
    with pytest.raises(KeptTooShort):
        proposed(cast, case, targets=(viktor(review_on=None, until_at=cast.later(days=1_000)),))


@pytest.mark.clauses("A-DENY-1", "A-THOUGHT-1")
def test_once_the_mailbox_is_forgotten_nobody_reads_that_it_goes_on(cast: Cast) -> None:
    decision = denied(cast)
    amara = {"by": cast.amara.staff}
    late = cast.later(days=700)
    look_again(None, at=late)
    look = Look.objects.get()
    with pytest.raises(NobodyWouldBeKnown):
        let_stand(look, next_on=cast.later(days=760).date(), **amara, at=late)
    let_stand(look, next_on=cast.later(days=729).date(), **amara, at=late)
    page = at_the_desk(cast.amara).open(f"/decisions/{decision.id}")
    assert page.sees("then it is forgotten")
    assert forget_tokens(at=cast.later(days=731)) == 1
    assert page.open(page.path).sees("Nothing is left by which they would be known")


@pytest.mark.clauses("A-DENY-1")
def test_carried_out_twice_it_is_carried_out_once(cast: Cast) -> None:
    from concord.concurrence.kinds import kind_of

    decision = denied(cast)
    people = Person.objects.count()
    for _time in range(2):
        kind_of("deny").carry_out(
            Warrant.objects.get(), decision=decision, detail={"addresses": [VIKTOR]}, at=cast.at
        )
    assert (Shut.objects.count(), Person.objects.count()) == (1, people)
    assert Execution.objects.count() == 1


def proposes_at_the_desk(cast: Cast, case: Case, **typed: object) -> Browser:
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose")
    amara.follow("deny entry")
    ahead = (timezone.now() + timedelta(days=120)).date().isoformat()
    given: dict[str, object] = {
        "called": "Viktor Lang",
        "mailboxes": VIKTOR,
        "scope": "all:",
        "review_on": ahead,
        "reason": "He posted slurs about a speaker of ours for weeks.",
        "grounds": ["risk"],
        "stabilises": "She can speak here again.",
        "considered": "Writing to him first.",
        "less_severe": "He said that he would come for her.",
        "is_safe": "on",
    }
    return amara.press("See what it does", **{**given, **typed})


@pytest.mark.clauses("A-DENY-1", "A-THOUGHT-1")
def test_it_is_proposed_on_a_page_and_a_colleague_reads_by_what_they_are_known(
    cast: Cast, mailbox: Mailbox
) -> None:
    case = case_about_karim(cast)
    amara = proposes_at_the_desk(cast, case)
    for words in ("Do not let one person into every event", "known by viktor.lang@gmail.com"):
        assert amara.sees(words), amara.words
    assert amara.sees("1 mailbox is refused")
    assert amara.sees("No letter goes out")
    amara.press("Ask for a second yes")
    proposal = Proposal.objects.get()
    amara.follow("Change it")
    assert VIKTOR in amara.page
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("known by viktor.lang@gmail.com")
    luis.press("I agree")
    assert comes_to_the_door(mailbox, VIKTOR).sees(REFUSED)


@pytest.mark.clauses("A-DENY-1")
def test_the_form_says_that_somebody_is_known_and_leads_to_taking_their_access(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    amara = proposes_at_the_desk(cast, case, mailboxes="tomas@example.org", called="Tomas V.")
    assert amara.status == 422
    assert amara.sees("Taking away their access is the right step.")
    assert Entry.objects.filter(verb="refused", subject=case.id, actor=cast.amara.id).exists()
    path, page = amara.path, amara.page
    for mailbox in ("tomas@example.org", "nobody@example.org"):  # unasked, it tells of nobody
        asked = amara.post(f"/cases/{case.id}/deny/known", mailbox=mailbox, known=mailbox)
        assert asked.status == 404
    amara.turn_to(path, page).press("Name them in this case")
    assert amara.path.endswith("/propose")
    assert str(cast.tomas.person_id) in amara.page
    assert amara.sees("Tomas Vega")  # by the name they go by, not as somebody typed it
    assert not amara.sees("Tomas V.")


@pytest.mark.clauses("A-DENY-1")
@pytest.mark.parametrize(
    "typed",
    [
        {"mailboxes": ""},
        {"mailboxes": "press@example.org"},
        {"mailboxes": "x" * 2_001},
        {"mailboxes": "<b>@@"},
        {"called": "  "},
        {"review_on": "2020-01-01"},
        {"review_on": "", "until_at": ""},
        {"grounds": []},
        {"reason": "  "},
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    cast: Cast, typed: dict[str, object]
) -> None:
    amara = proposes_at_the_desk(cast, case_about_karim(cast), **typed)
    assert amara.status == 422
    assert "He posted slurs" in amara.page or "reason" in typed
    assert not Proposal.objects.exists()
