"""PUB-07. A raid at three in the morning, one person awake: what they may do alone, who is asked, what waits.

Amara is awake. Luis is on the roster of this hour and sleeps through it, Noor watches another event, Hana's shift is
the next one, and Omar is on no roster. Ravi is on shift too; he is close to Karim, and is asked nothing.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.concurrence.ask_wider import ask_wider_in_all
from concord.concurrence.concur import concur
from concord.concurrence.models import Asked, Execution, Proposal, Warrant
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target
from concord.convenings.models import Registration
from concord.convenings.plan_convening import plan_convening
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.people.models import Shift
from concord.people.plan_shift import plan_shift
from concord.people.tests.team import Mailbox
from concord.spaces.models import Condition, Post, Removal
from concord.spaces.post_message import NewcomersRead, RoomIsPaused
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, Desk, colleague, opened, participant, terms_for

RAIDERS = 6
EACH = 3


@pytest.fixture
def night(cast: Cast) -> Cast:
    """Whose shift it is, and whose it is not."""
    elsewhere = plan_convening(
        "Observers",
        slug="observers",
        starts_at=cast.later(hours=-1),
        ends_at=cast.later(hours=9),
        by=cast.amara.staff,
        at=cast.at,
    )
    Shift.objects.all().delete()
    for desk in (cast.amara, cast.luis, cast.ravi):
        _on_shift(cast, desk, 0, cast.convening.id)
    _on_shift(cast, cast.noor, 0, elsewhere.id)
    return cast


@pytest.fixture
def hana(night: Cast) -> Desk:
    desk = colleague(night, "hana", "Hana")
    _on_shift(night, desk, 8, night.convening.id)
    return desk


@pytest.fixture
def omar(night: Cast) -> Desk:
    return colleague(night, "omar", "Omar")


@pytest.mark.clauses("P-SAFE-1", "R-CONCUR-1", "V-SILENCE-1", "I-STAFF-1")
def test_alone_at_night_a_raid_is_held_off_and_nobody_is_touched_before_a_second_yes(
    night: Cast, hana: Desk, omar: Desk, mailbox: Mailbox
) -> None:
    cast, began = night, night.at
    tomas = into(by_mail("tomas@example.org", mailbox), cast.hall)
    tomas.press("Send", text="The count begins at nine.")
    raid = _raid(cast)

    # Alone, and at once: the room is held for everybody, by the one press that needs no second person.
    amara = at_the_desk(cast.amara).open(f"/rooms/{cast.hall.id}/brakes")
    amara.press("Hold the room", kind="pause").open(f"/rooms/{cast.hall.id}/brakes")
    amara.press("Hold the room", kind="newcomers")
    brakes = {brake.kind: brake for brake in cast.hall.brakes.all()}
    with pytest.raises(RoomIsPaused):
        cast.say(raid[0], "You cannot stop all of us", at=brakes["pause"].pulled_at)
    assert not amara.open(f"/rooms/{cast.hall.id}/brakes").sees("Confirm: keep it")
    assert amara.post(f"/brakes/{brakes['pause'].id}/confirmation").status in (403, 409)

    # The whole raid is one case, and what Amara proposes is put before others in their order.
    proposal = _proposed(cast, raid)
    assert Case.objects.count() == 1
    assert _asked(proposal) == {cast.luis.id}
    for minutes, by_then in (
        (1.99, [cast.luis]),
        (2, [cast.luis, cast.noor]),
        (5, [cast.luis, cast.noor, hana]),
        (10, [cast.luis, cast.noor, hana, omar]),
    ):
        ask_wider_in_all(None, at=began + timedelta(minutes=minutes))
        assert _asked(proposal) == {desk.id for desk in by_then}, f"at {minutes} minutes"

    # Ten minutes on, not one person and not one message has been touched.
    assert not Execution.objects.exists()
    assert not Warrant.objects.exists()
    assert not Removal.objects.exists()
    assert not Shut.objects.exists()
    assert Post.objects.filter(registration__in=raid, removed=False).count() == RAIDERS * EACH
    ten = began + timedelta(minutes=10)
    assert all(is_admitted(one.person_id, cast.hall.places, at=ten) for one in raid)

    # Nobody confirmed the pause within a quarter of an hour: it is lifted. The other brake, Hana confirms.
    her = at_the_desk(hana)
    assert her.open(f"/rooms/{cast.hall.id}/brakes").sees("Confirm: keep it")
    assert her.post(f"/brakes/{brakes['newcomers'].id}/confirmation").status == 200
    _a_quarter_of_an_hour_goes_by()
    assert set(cast.hall.conditions(brakes["pause"].lapses_at)) & {
        Condition.PAUSED,
        Condition.NEWCOMERS,
    } == {Condition.NEWCOMERS}
    newcomer = participant(cast.convening, "Newcomer", "newcomer@example.org", cast.at)
    with pytest.raises(NewcomersRead):
        cast.say(newcomer, "More of us", at=brakes["pause"].lapses_at)
    stays = by_mail("tomas@example.org", mailbox)
    assert into(stays, cast.hall).press("Send", text="Thank you for your patience.").status == 200

    # Omar wakes up, reads, agrees: now, and not before, all of them lose access by one decision.
    twelve = began + timedelta(minutes=12)
    version = opened(proposal.version, omar, twelve)
    agreed = concur(version, by=omar.staff, keyring=omar.keyring, at=twelve)
    assert agreed.execution.decision.execution.concurrence == agreed
    assert {warrant.kind for warrant in agreed.execution.warrants.all()} == {"revoke", "delete"}
    assert not any(is_admitted(one.person_id, cast.hall.places, at=twelve) for one in raid)
    assert not Post.objects.filter(registration__in=raid, removed=False).exists()
    assert cast.tomas.posts.filter(removed=False).count() == 2


@pytest.mark.clauses("V-SILENCE-1", "I-STAFF-1")
def test_a_brake_asks_no_second_person_and_outlasts_no_quarter_hour_without_one(
    night: Cast,
) -> None:
    cast = night
    amara = at_the_desk(cast.amara).open(f"/rooms/{cast.hall.id}/brakes")
    amara.press("Hold the room", kind="pause")
    brake = cast.hall.brakes.get()
    assert cast.hall.condition(brake.pulled_at) == Condition.PAUSED
    assert amara.sees("Lifts by itself unless a colleague confirms")
    _a_quarter_of_an_hour_goes_by()
    brake.refresh_from_db()
    assert (brake.lifted_by, brake.confirmed_by) == (None, None)
    assert brake.lifted_at == brake.lapses_at
    assert cast.say(cast.tomas, "We go on.", at=brake.lapses_at)


def _on_shift(cast: Cast, desk: Desk, begins: float, event: UUID) -> None:
    """Eight hours of it, beginning so many hours from now."""
    plan_shift(
        desk.staff,
        convening=event,
        starts_at=cast.later(hours=begins),
        ends_at=cast.later(hours=begins + 8),
        by=cast.amara.staff,
        at=cast.at,
    )


def _raid(cast: Cast) -> list[Registration]:
    """Karim and five more come in and write all at once; Sara flags what she sees."""
    crowd = [cast.karim] + [
        participant(cast.convening, f"Guest {number}", f"guest{number}@example.org", cast.at)
        for number in range(1, RAIDERS)
    ]
    for line in range(EACH):
        for who in crowd:
            cast.say(who, f"Leave this room, all of you. {line}")
    return crowd


def _proposed(cast: Cast, raid: list[Registration]) -> Proposal:
    """Amara takes one message of each raider into one case, and proposes for them all together."""
    case: Case | None = None
    keys = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    for who in raid:
        flag = flag_post(
            who.posts.earliest("number"),
            words="They flood the hall",
            by=cast.sara.person_id,
            by_staff=False,
            at=cast.at,
        )
        flag = judge_credible(flag, credible=True, reason="They drown everybody out.", **keys)
        case = take_up(flag, into=case, **keys)
    assert case is not None
    people = tuple(
        Target(
            "revoke",
            who.person_id,
            who.display_name,
            scope_kind="session",
            scope_id=cast.hall.session_id,
            until_at=cast.later(hours=24),
        )
        for who in raid
    )
    posts = Post.objects.filter(registration__in=raid)
    gone = tuple(Target("delete", post.id, f"Hall 1, {post.number}") for post in posts)
    terms = terms_for(
        cast,
        targets=people + gone,
        violations=("silence",),
        reason="Six people drown out everybody else.",
        finding="Sustained disruption, in the hall, tonight.",
    )
    return propose(case, terms=terms, **keys)


def _asked(proposal: Proposal) -> set[UUID]:
    return set(Asked.objects.filter(version__proposal=proposal).values_list("person", flat=True))


def _a_quarter_of_an_hour_goes_by() -> None:
    """The clock of each brake strikes at its moment."""
    lapse = handler_of("spaces.brake_lapses")
    assert lapse is not None
    for job in Job.objects.waiting().filter(kind="spaces.brake_lapses"):
        lapse(job, at=job.due_at)
