"""Who took part is forgotten, what two people decided is not: an alias is known again by keyed tokens alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from concord.access.gate import is_admitted
from concord.access.models import Shut, ShutToken
from concord.actions.audit import audit
from concord.cases.models import Case
from concord.cases.parties import known_parties
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision
from concord.concurrence.terms import Target
from concord.convenings.forget_people import forget_people
from concord.convenings.models import Convening, Registration
from concord.evasion.models import Match
from concord.evasion.undo import undo
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.models import Login, Person
from concord.people.signals import signed_in
from concord.spaces.forget_posts import forget_posts
from concord.spaces.models import Post, Removal
from tests.browsing import at_the_desk
from tests.cast import Cast, flagged, login_by_mailbox, opened, participant, proposed

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def decided(cast: Cast) -> Decision:
    """Karim is out of the hall for a year, and what he wrote there is gone."""
    case = _case(cast)
    targets = (
        Target(
            "revoke",
            cast.karim.person_id,
            "Karim Haddad",
            scope_kind="session",
            scope_id=cast.hall.session_id,
            until_at=cast.at + 365 * DAY,
        ),
        *(
            Target("delete", post.id, "a post")
            for post in Post.objects.filter(registration=cast.karim)
        ),
    )
    version = opened(proposed(cast, case, targets=targets).version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    decision: Decision = agreed.execution.decision
    return decision


def _case(cast: Cast) -> Case:
    return take_up(_judged(cast), by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def _judged(cast: Cast) -> Flag:
    return judge_credible(
        flagged(cast),
        credible=True,
        reason="It urges her to hurt herself.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )


def forget(cast: Cast, *, days: int) -> datetime:
    """Both clocks, this many days after the event was to end."""
    at = cast.convening.ends_at + days * DAY
    forget_people(at=at)
    forget_posts(at=at)
    return at


def arrives(address: str, at: datetime) -> Person:
    login = login_by_mailbox(address)
    signed_in.send(sender=None, login=login, at=at)
    return login.person


def test_an_alias_is_still_refused_when_nobody_knows_the_address_any_more(cast: Cast) -> None:
    decided(cast)
    shuts, tokens = list(Shut.objects.values()), list(ShutToken.objects.values())
    at = forget(cast, days=31)
    assert not Login.objects.filter(person=cast.karim.person).exists()
    assert list(Shut.objects.values()) == shuts
    assert list(ShutToken.objects.values()) == tokens
    person = arrives("karim.haddad+again@gmail.com", at)
    assert not is_admitted(person.id, cast.hall.places, at=at)
    assert is_admitted(arrives("sara@example.org", at).id, cast.hall.places, at=at)


def test_whoever_shares_a_mailbox_and_is_shut_out_is_known_by_the_token_alone(cast: Cast) -> None:
    """Nothing of a shared mailbox lies with the shut, or it would meet the others who use it."""
    decided(cast)
    Login.objects.filter(person=cast.karim.person).update(canonical_token=None)
    ShutToken.objects.all().delete()
    forget(cast, days=31)
    left = Login.objects.get(person=cast.karim.person)
    assert left.address_sealed is None
    forget_people(at=cast.at + 366 * DAY)  # the decision is over
    assert not Login.objects.filter(person=cast.karim.person).exists()


def test_somebody_for_whom_a_match_was_undone_is_not_taken_for_it_again(cast: Cast) -> None:
    decision = decided(cast)
    innocent = participant(cast.convening, "K", "karimhaddad+work@gmail.com", cast.at)
    login = Login.objects.get(person=innocent.person)
    signed_in.send(sender=None, login=login, at=cast.at)
    match = Match.objects.get(person=innocent.person)
    undo(match, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    at = forget(cast, days=31)
    login.refresh_from_db()
    assert login.address_sealed is None
    assert login.mailbox_token is not None
    signed_in.send(sender=None, login=login, at=at)
    assert is_admitted(innocent.person_id, cast.hall.places, at=at)
    assert Match.objects.filter(decision=decision, person=innocent.person).count() == 1


def test_the_audit_stays_clean_and_the_desk_still_renders(cast: Cast) -> None:
    decision = decided(cast)
    cast.say(cast.sara, "thank you all")
    forget(cast, days=91)
    assert audit() == []
    left = Post.objects.get()
    assert (left.text, left.registration, left.posted_at, left.removed) == ("", None, None, True)
    assert bytes(Removal.objects.get().sealed)
    assert not Registration.objects.exists()
    desk = at_the_desk(cast.amara)
    flag, case = Flag.objects.get(), decision.case
    for path in (
        "/",
        "/watch",
        f"/flags/{flag.id}",
        f"/cases/{case.id}",
        f"/cases/{case.id}/propose",
        "/decisions",
        f"/decisions/{decision.id}",
    ):
        assert desk.open(path).status == 200, path


def test_a_flag_taken_up_late_protects_whoever_raised_it(cast: Cast) -> None:
    flag = _judged(cast)
    at = forget(cast, days=91)
    case = take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)
    protected = {
        party.person_id
        for party in known_parties(case, keyring=cast.amara.keyring)
        if party.is_protected
    }
    assert protected == {cast.sara.person_id}
    assert at_the_desk(cast.amara).open(f"/cases/{case.id}").status == 200


def test_an_open_proposal_about_a_post_that_is_forgotten_can_still_be_read(cast: Cast) -> None:
    Convening.objects.filter(id=cast.convening.id).update(
        starts_at=cast.at - 94 * DAY, ends_at=cast.at - 90 * DAY
    )
    proposal = proposed(cast)
    forget_people(at=cast.at)
    forget_posts(at=cast.at)
    desk = at_the_desk(cast.luis)
    assert desk.open(f"/proposals/{proposal.id}").status == 200
    agreed = concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    assert agreed.execution is not None
    assert not Removal.objects.exists()
    assert audit() == []
