"""The team rehearses with its real people, pages and channels; nobody is at stake, and nothing real is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.cases.recuse import recuse
from concord.concurrence.models import Asked, Execution, GroundCount, Proposal, Warrant
from concord.convenings.end_convening import end_convening
from concord.improvement import apart
from concord.improvement import start_drill as starting
from concord.improvement.end_drill import END, end_drill
from concord.improvement.models import Drill, DrillRecord
from concord.improvement.play_drill import STAYS, forget_drills, play_drill
from concord.improvement.start_drill import (
    LENGTH,
    ADrillIsOn,
    CannotBeSetApart,
    EventIsOver,
    OnlyALeadStarts,
    SomethingRealWaits,
    TooFewToRehearse,
    start_drill,
)
from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.monitoring.ring import DRILL
from concord.monitoring.webhook import DRILL as WEBHOOK
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.people.designate import NotYoursToDesignate
from concord.people.models import Login, Shift, StaffMember
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post, Room
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import PASSPHRASES, Cast, login_by_mailbox, proposed

KEPT_OF_A_DRILL = {"improvement.Drill", "improvement.DrillRecord", "outbox.Job"}
KEPT_OF_A_VISIT = {"sessions.Session", "ledger.Entry", "mfa.Authenticator"}


def every_row() -> dict[str, list[str]]:
    """Of every table there is, so that no count, list or statistic made of them can be another."""
    left_out = KEPT_OF_A_DRILL | KEPT_OF_A_VISIT
    return {
        model._meta.label: sorted(map(repr, model._default_manager.values()))
        for model in apps.get_models()
        if model._meta.label not in left_out
    }


@pytest.fixture
def drill(cast: Cast) -> Iterator[Drill]:
    started = start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    yield started
    apart.remove(started.id)


@pytest.fixture(autouse=True)
def _nothing_is_left(cast: Cast) -> Iterator[None]:
    yield
    apart.remove_all_but(None)


def rehearse(amara: Browser, noor: Browser) -> None:
    """Amara answers a flag of the raid and proposes; Noor reads it and agrees."""
    amara.open("/drill/").follow("Look at it")
    amara.press("It needs action", reason="As if it were real.")
    amara.follow("Propose what should happen")
    amara.press(
        "See what it does",
        reason="As if it were real.",
        grounds="violation",
        violations="threat",
        is_safe="on",
    )
    amara.press("Ask for a second yes")
    noor.open("/drill/").follow("Open it")
    assert noor.sees("This is a drill.")
    noor.press("I agree")


@pytest.mark.clauses("P-SAFE-1")
def test_a_page_of_a_drill_asks_the_drill_whether_it_may_stay_open(cast: Cast) -> None:
    """In earnest nothing of it is there: asked there, the page would load itself for ever."""
    amara = at_the_desk(cast.amara)
    amara.open("/events/votes/roster").press("Start a drill")
    flag = amara.open("/drill/").follow("Look at it")
    still = re.search(r'data-still="([^"]+)"', flag.page)
    assert still is not None
    assert amara.open(still[1]).status == 204
    assert amara.open(still[1].replace("/drill", "")).status == 404


@pytest.mark.clauses("P-SAFE-1", "I-PROC-1", "R-CONCUR-1")
def test_a_drill_goes_through_the_real_pages_and_changes_no_real_row(
    cast: Cast, django_capture_on_commit_callbacks
) -> None:
    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    before, entries = every_row(), Entry.objects.count()
    amara.open("/events/votes/roster").press("Start a drill")
    assert noor.open("/").sees("A drill is on. Nobody is in danger.")
    rehearse(amara, noor)
    drill = Drill.objects.get()
    assert noor.sees("Amara and Noor agreed")
    with apart.inside(drill.id):
        assert Execution.objects.count() == 1
        assert not Warrant.objects.filter(verified_at__isnull=True).exists()
        shut = Warrant.objects.get(kind="revoke").target
        hall = Room.objects.get(session__isnull=False)
        assert not is_admitted(shut, hall.places, at=cast.later(minutes=1))
    assert (Execution.objects.count(), GroundCount.objects.count()) == (0, 0)
    assert not amara.open("/").sees("Propose")
    with django_capture_on_commit_callbacks(execute=True):
        amara.open("/events/votes/roster").press("End the drill")
    assert not apart.is_there(drill.id)
    assert amara.sees("Nothing happened to anybody")
    assert noor.open("/drill/cases").sees("The drill is over")

    assert every_row() == before
    verbs = set(Entry.objects.order_by("id")[entries:].values_list("verb", flat=True))
    assert {one for one in verbs if "." in one and not one.startswith("people.")} == {
        "improvement.start_drill",
        "improvement.end_drill",
    }
    assert audit() == []


@pytest.mark.clauses("P-SAFE-1", "I-STAFF-1")
def test_what_stays_is_a_day_and_numbers_beside_the_roster_and_at_the_door(
    cast: Cast, mailbox: Mailbox
) -> None:
    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    sara = by_mail("sara@example.org", mailbox)
    assert not sara.open("/e/votes").sees("rehearsed")
    amara.open("/events/votes/roster").press("Start a drill")
    rehearse(amara, noor)
    amara.open("/events/votes/roster").press("End the drill")
    kept = DrillRecord.objects.get()
    assert None not in (kept.looked, kept.proposed, kept.agreed, kept.verified)
    assert kept.looked <= kept.proposed <= kept.agreed <= kept.verified
    assert kept.people_asked == 3  # Luis, Noor and Ravi: nobody is close to somebody who is played
    assert not any(isinstance(value, UUID) for value in vars(kept).values())
    amara.open("/events/votes/roster")
    assert amara.sees("1 drill in which a second person agreed")
    assert 'role="img"' in amara.page
    assert amara.sees("Median")
    sara.open("/e/votes")
    assert sara.sees("The team last rehearsed this")
    assert sara.sees("It took 1 minute until two had agreed.")
    assert not any(sara.sees(name) for name in ("Amara", "Noor"))


@pytest.mark.clauses("P-SAFE-1", "P-RISK-1")
def test_whoever_takes_part_sees_nothing_of_it_and_nobody_of_theirs_is_in_it(
    cast: Cast, drill: Drill, mailbox: Mailbox
) -> None:
    with apart.inside(drill.id):
        hall = Room.objects.get(session__isnull=False).id
        post = Post.objects.first().id
        assert not Login.objects.exists()
        names = set(Post.objects.values_list("registration__display_name", flat=True))
    assert all(name.endswith("(played)") for name in names)
    sara = by_mail("sara@example.org", mailbox)
    for path in (f"/r/{hall}", f"/p/{post}/flag", "/drill/", f"/drill/r/{hall}"):
        assert sara.open(path).status == 404, path
    assert not sara.open("/e/votes").sees("Drill: rehearsal room")
    assert not sara.sees("rehearsed")
    stranger = Browser().open("/e/votes")
    assert not stranger.sees("rill")
    assert Browser("desk.localhost").open("/drill/").path.startswith("/in")
    amara = at_the_desk(cast.amara)
    assert amara.open(f"/flags/{_flag(drill)}").status == 404
    assert not amara.open("/watch").sees("Drill: rehearsal room")
    assert not amara.open("/decisions").sees("played")
    assert not amara.open("/").sees("waiting for you")


@pytest.mark.clauses("P-SAFE-1", "R-CONCUR-1", "I-STAFF-1")
def test_people_are_asked_by_their_real_channels_ring_by_ring_in_words_that_say_drill(
    cast: Cast, mailbox: Mailbox, settings
) -> None:
    settings.CONCORD_WEBHOOK_URL = "https://gateway.example/"
    Shift.objects.exclude(staff=cast.noor.staff).delete()
    login = login_by_mailbox("noor@team.example")
    Login.objects.filter(id=login.id).update(person=cast.noor.id)
    drill = start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    jobs = Job.objects.filter(kind=DRILL)
    assert set(jobs.values_list("subject", flat=True)) == {cast.noor.id}
    for job in jobs:
        handler_of(DRILL)(job, at=cast.at)
    letter = Letter.objects.get(kind=DRILL)
    handler_of("letters.deliver")(Job.objects.get(subject=letter.id), at=cast.at)
    assert "This is a drill: nobody is in danger" in mailbox[-1]["body"]
    assert "drill" in mailbox[-1]["subject"].lower()
    assert Job.objects.filter(kind=WEBHOOK, subject=cast.noor.id).exists()
    Job.objects.all().delete()

    proposal = _propose(drill, cast)
    play_drill(drill, at=cast.later(minutes=1))
    assert _asked(drill, proposal) == {cast.noor.id}
    play_drill(drill, at=cast.later(minutes=10, seconds=1))
    assert _asked(drill, proposal) == {cast.noor.id, cast.luis.id, cast.ravi.id}
    assert {job.subject for job in Job.objects.filter(kind=DRILL)} >= {cast.luis.id, cast.ravi.id}
    assert not Job.objects.exclude(kind=DRILL).exists()  # nobody hears that something is real


@pytest.mark.clauses("P-SAFE-1", "R-CONCUR-1")
def test_what_is_real_comes_first(cast: Cast, drill: Drill) -> None:
    case = proposed(cast).case
    assert case is not None
    left = Job.objects.get(kind=END)
    handler_of(END)(left, at=cast.at)
    handler_of(END)(left, at=cast.at)
    assert not Drill.objects.exists()
    assert not DrillRecord.objects.exists()  # it says nothing about anybody
    assert not at_the_desk(cast.noor).open("/").sees("drill")
    with pytest.raises(SomethingRealWaits):
        start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    Job.objects.all().delete()
    recuse(case, who=cast.ravi.id, by=cast.ravi.staff, at=cast.at)
    StaffMember.objects.filter(person=cast.ravi.id).update(is_lead=True)
    cast.ravi.staff.refresh_from_db()
    start_drill(cast.convening, by=cast.ravi.staff, at=cast.at)  # he hears of nothing
    asked = set(Asked.objects.values_list("person", flat=True))
    assert asked
    assert asked.isdisjoint(Job.objects.filter(kind=DRILL).values_list("subject", flat=True))


def test_only_a_lead_starts_one_and_only_for_an_event_that_is_not_over(cast: Cast) -> None:
    with pytest.raises(OnlyALeadStarts):
        start_drill(cast.convening, by=cast.luis.staff, at=cast.at)
    luis = at_the_desk(cast.luis).open("/events/votes/roster")
    assert not luis.sees("Start a drill")
    assert luis.post("/events/votes/drill").status == 404
    assert at_the_desk(cast.amara).post("/events/none/drill").status == 404
    drill = start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    with pytest.raises(ADrillIsOn):
        start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    with pytest.raises(NotYoursToDesignate):
        end_drill(drill, by=cast.luis.staff, at=cast.at)
    end_drill(drill, by=cast.amara.staff, at=cast.at)
    assert end_drill(drill, by=cast.amara.staff, at=cast.at) is None
    end_convening(cast.convening, by=cast.amara.staff, at=cast.later(days=4))
    with pytest.raises(EventIsOver):
        start_drill(cast.convening, by=cast.amara.staff, at=cast.later(days=4))


def test_nobody_rehearses_alone_and_nothing_starts_that_cannot_be_set_apart(
    cast: Cast, monkeypatch
) -> None:
    def full(drill: UUID) -> None:
        raise apart.NoRoomForIt

    monkeypatch.setattr(starting.apart, "make", full)
    with pytest.raises(CannotBeSetApart):
        start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    StaffMember.objects.exclude(id=cast.amara.staff.id).update(ended_at=cast.at)
    with pytest.raises(TooFewToRehearse):
        start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    assert not Drill.objects.exists()
    assert not Job.objects.filter(kind=DRILL).exists()


def test_it_ends_by_itself_and_a_drill_that_nobody_came_to_is_a_finding(
    cast: Cast, mailbox: Mailbox
) -> None:
    well = cast.later(days=-30).date()
    drill = start_drill(cast.convening, by=cast.amara.staff, at=cast.at)
    play_drill(drill, at=cast.at + LENGTH - timedelta(seconds=1))
    assert Drill.objects.exists()
    assert at_the_desk(cast.noor).open("/drill/").status == 200
    play_drill(drill, at=cast.at + LENGTH)
    kept = DrillRecord.objects.get()
    assert (kept.looked, kept.agreed, kept.verified) == (None, None, None)
    assert kept.held_on == cast.at.date()
    amara = at_the_desk(cast.amara).open("/events/votes/roster")
    assert amara.sees("No drill yet in which a second person agreed.")
    assert amara.sees("nobody agreed")
    DrillRecord.objects.create(held_on=well, people_asked=3, looked=60, proposed=200, agreed=290)
    sara = by_mail("sara@example.org", mailbox).open("/e/votes")
    assert sara.sees("That time no second person agreed."), "not what an older one had shown"


def test_its_pages_stay_a_while_after_everything_was_done(cast: Cast) -> None:
    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    amara.open("/events/votes/roster").press("Start a drill")
    rehearse(amara, noor)
    drill = Drill.objects.get()
    with apart.inside(drill.id):
        verified_at = Warrant.objects.latest("verified_at").verified_at
    play_drill(drill, at=verified_at + STAYS - timedelta(seconds=1))
    assert noor.open("/drill/").status == 200
    play_drill(drill, at=verified_at + STAYS)
    assert noor.open("/drill/").sees("The drill is over")


def test_pages_that_are_no_part_of_it_lead_back_to_the_real_desk(cast: Cast, drill: Drill) -> None:
    amara = at_the_desk(cast.amara)
    assert amara.open("/drill/team").path == "/team"
    assert amara.open("/drill//elsewhere.example").path == "/"
    assert amara.post("/drill/events/votes/drill").status == 404
    assert amara.post("/drill/out").status == 404
    assert Drill.objects.exists()


def test_a_desk_that_is_locked_in_a_drill_is_locked(cast: Cast, drill: Drill) -> None:
    amara = at_the_desk(cast.amara)
    amara.open("/drill/").press("Lock")
    assert amara.path.startswith("/locked")
    assert amara.open("/").path.startswith("/locked")
    amara.open("/drill/").press("Open it", passphrase=PASSPHRASES["amara"])
    assert amara.sees("This is a drill.")


def test_what_a_crash_left_behind_is_removed_and_a_restored_drill_is_over(
    cast: Cast, drill: Drill
) -> None:
    Drill.objects.all().delete()
    forget_drills(None, at=cast.at)
    assert not apart.is_there(drill.id)
    drill.save(force_insert=True)  # as a backup of before brings it back
    assert at_the_desk(cast.noor).open("/drill/").sees("The drill is over")
    play_drill(drill, at=cast.later(minutes=1))
    assert not Drill.objects.exists()
    assert not DrillRecord.objects.exists()


def test_the_database_apart_is_as_strict_as_the_real_one_and_shares_nothing_with_it(
    drill: Drill,
) -> None:
    from concord.actions.triggers import missing

    with apart.inside(drill.id):
        assert missing() == []
        with pytest.raises(RuntimeError), apart.inside(drill.id):
            pass
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM information_schema.columns WHERE table_schema = "
                    "current_schema() AND column_default LIKE 'nextval%%'"
                )
                assert cursor.fetchone() == (0,)  # no numbering of the real tables
    assert apart.where() is None


def _flag(drill: Drill) -> UUID:
    from concord.monitoring.models import Flag

    with apart.inside(drill.id):
        return Flag.objects.values_list("id", flat=True)[0]


def _propose(drill: Drill, cast: Cast) -> UUID:
    """Amara, by the verbs."""
    from concord.cases.take_up import take_up
    from concord.concurrence.propose import propose
    from concord.concurrence.terms import Target
    from concord.monitoring.judge_credible import judge_credible
    from concord.monitoring.models import Flag
    from tests.cast import terms_for

    keys = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    with apart.inside(drill.id):
        flag = judge_credible(Flag.objects.all()[0], credible=True, reason="Played.", **keys)
        case = take_up(flag, **keys)
        post = flag.post
        revoke = Target(
            "revoke",
            post.author_id,
            post.author,
            scope_kind="session",
            scope_id=post.room.session_id,
            until_at=cast.later(hours=24),
        )
        return propose(case, terms=terms_for(cast, targets=(revoke,)), **keys).id


def _asked(drill: Drill, proposal: UUID) -> set[UUID]:
    with apart.inside(drill.id):
        assert Proposal.objects.filter(id=proposal).exists()
        return set(Asked.objects.values_list("person", flat=True))
