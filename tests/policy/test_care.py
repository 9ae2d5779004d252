"""Whoever watches is looked after: shifts end, somebody takes over, what is hard to see is a number for them alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from concord.cases.follow_up import follow_up
from concord.convenings.accept_gaps import accept_gaps
from concord.convenings.coverage import too_long, uncovered, without_overlap
from concord.convenings.models import Convening
from concord.convenings.readiness import readiness
from concord.ledger.models import Entry
from concord.monitoring.ask_relief import (
    NotOnShift,
    RelieveAnother,
    ask_relief,
    asked_by,
    forget_reliefs,
    relieve,
    who_asks,
)
from concord.monitoring.call_again import call_again
from concord.monitoring.count_opening import count_opening, forget_exposures, opened_by
from concord.monitoring.hand_over_shift import (
    NothingToHandOver,
    OnlyWhoWatches,
    forget_shift_notes,
    hand_over_shift,
    read_shift_note,
)
from concord.monitoring.models import Exposure, Flag, Relief, ShiftNote
from concord.monitoring.on_shift import CAP, stretch_of
from concord.outbox.models import Job
from concord.people.models import Shift
from concord.people.plan_shift import plan_shift
from concord.people.tests.team import Mailbox
from concord.vault import files
from concord.vault.errors import NoGrant
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, Desk, case_about_karim, flagged, left_as_it_is

pytestmark = pytest.mark.django_db


def on(cast: Cast, desk: Desk, begins: float, ends: float, at: datetime | None = None) -> Shift:
    """On for this event, hours from its beginning."""
    return plan_shift(
        desk.staff,
        convening=cast.convening.id,
        starts_at=cast.later(hours=begins),
        ends_at=cast.later(hours=ends),
        by=cast.amara.staff,
        at=at or cast.at,
    )


def rung() -> set[object]:
    waiting = Job.objects.filter(kind="monitoring.notice", done_at__isnull=True)
    return set(waiting.values_list("subject", flat=True))


@pytest.mark.clauses("P-SAFE-1")
def test_an_event_with_too_long_a_shift_waits_for_a_leads_acceptance_in_writing(cast: Cast) -> None:
    """Two shifts of one person that adjoin are one stretch; half an hour more is for handing over."""
    on(cast, cast.noor, 0, 4.5)
    assert too_long(cast.convening, after=cast.at) == []
    on(cast, cast.noor, 4.5, 7)
    (found,) = too_long(cast.convening, after=cast.at)
    assert (found.need, found.who) == (7, str(cast.noor.id))
    assert "coverage" in {one.code for one in readiness(cast.convening, cast.at)}
    page = at_the_desk(cast.amara).open("/events/votes/roster")
    assert page.sees("Noor is planned for 7 hours at a stretch")
    assert page.press("I accept it", reason=" ").sees("Noor is planned for 7 hours")
    long = "We have nobody else who reads Burmese. " * 20
    page.press("I accept it", reason=long)
    assert uncovered(cast.convening, after=cast.at) == []
    on(cast, cast.noor, 7, 8)
    assert uncovered(cast.convening, after=cast.at), "what grows has to be accepted anew"
    accept_gaps(cast.convening, reason="Still nobody.", by=cast.amara.staff, at=cast.at)
    on(cast, cast.luis, 0, 8)
    assert [one.who for one in uncovered(cast.convening, after=cast.at)] == [str(cast.luis.id)]


def test_the_roster_says_when_nobody_is_there_to_hand_over_to(cast: Cast) -> None:
    Shift.objects.all().delete()
    first = on(cast, cast.noor, 0, 4)
    on(cast, cast.luis, 4, 8)
    assert without_overlap(cast.convening, after=cast.at) == [first.ends_at]
    assert (
        at_the_desk(cast.amara)
        .open("/events/votes/roster")
        .sees("Nobody is there for half an hour beforehand")
    )
    on(cast, cast.amara, 3.5, 6)
    assert first.ends_at not in without_overlap(cast.convening, after=cast.at)


def test_covered_things_are_counted_for_oneself_and_the_lead_and_forgotten_with_the_shift(
    cast: Cast,
) -> None:
    noor = at_the_desk(cast.noor)
    noor.open("/on-shift")
    assert noor.sees("Uncovered in this shift 0")
    before = Entry.objects.count()
    for _cover in range(3):
        assert noor.post("/on-shift/opened").status == 204
    assert Entry.objects.count() == before, "no list of what somebody looked at, and when"
    assert noor.open("/on-shift").sees("Uncovered in this shift 3")
    assert not noor.sees("Everybody who is on")
    amara = at_the_desk(cast.amara).open("/on-shift")
    assert "Noor" in amara.words
    assert amara.page.count('data-label="Uncovered">3<') == 1
    kept = {field.name for field in Exposure._meta.get_fields()}
    assert kept == {"id", "person", "opened", "until_at"}
    assert at_the_desk(cast.ines).post("/on-shift/opened").status == 404
    over = cast.later(hours=13)
    assert opened_by(cast.noor.staff, at=over) == 0
    assert forget_exposures(None, at=over) == 1
    assert count_opening(cast.noor.staff, at=over) == 0, "and off shift nobody is counted"
    assert not Exposure.objects.exists()


def test_after_four_hours_the_desk_offers_somebody_to_take_over_and_takes_nothing_away(
    cast: Cast,
) -> None:
    began = timezone.now() - timedelta(hours=4, minutes=5)
    Shift.objects.all().delete()
    Shift.objects.create(
        staff=cast.noor.staff, convening=cast.convening.id, starts_at=began,
        ends_at=began + timedelta(hours=4, minutes=30),
    )  # fmt: skip
    on(cast, cast.luis, 6, 10)
    noor = at_the_desk(cast.noor).open("/on-shift")
    assert noor.sees("You have been on for four hours.")
    assert noor.open("/watch").status == 200
    Job.objects.filter(kind="monitoring.notice").delete()
    noor.open("/on-shift").press("Ask somebody to take over")
    assert {cast.luis.id, cast.amara.id} <= rung()
    noor.post("/on-shift/relief")
    assert Relief.objects.count() == 1
    Job.objects.filter(kind="monitoring.notice").delete()
    call_again(None, at=timezone.now() + timedelta(minutes=6))
    assert cast.luis.id in rung(), "a phone that was in a tunnel"
    assert stretch_of(cast.luis.staff, at=timezone.now()) is None
    luis = at_the_desk(cast.luis).open("/on-shift")
    assert luis.sees("Noor would like to be relieved.")
    luis.press("I take over from Noor")
    asked = Relief.objects.get()
    assert relieve(asked, by=cast.amara.staff, at=cast.at).taken_by == cast.luis.id
    assert noor.open("/on-shift").sees("Somebody takes over from you.")
    assert stretch_of(cast.noor.staff, at=timezone.now()), "nobody is cut off half-way"
    assert stretch_of(cast.luis.staff, at=timezone.now()), "and the rooms before him are watched"
    came = cast.luis.staff.shifts.get(taken_over=True)
    cast.luis.staff.shifts.create(
        convening=came.convening, starts_at=came.ends_at, ends_at=came.ends_at + CAP
    )
    assert too_long(cast.convening, after=cast.at) == [], "no session waits because he came to help"
    on(cast, cast.noor, 6, 9)
    assert asked_by(cast.noor.staff, at=cast.later(hours=7)) is None, (
        "on the next shift she may ask"
    )
    Relief.objects.create(person=cast.noor.id, asked_at=cast.later(minutes=20))
    assert who_asks(cast.later(hours=7)) == [], "what nobody took up is over with the shift before"
    Job.objects.filter(kind="monitoring.notice").delete()
    again = ask_relief(cast.noor.staff, at=cast.later(hours=7))
    assert cast.luis.id in rung()
    assert who_asks(cast.later(hours=7)) == [(cast.noor.staff, again)]
    with pytest.raises(RelieveAnother):
        relieve(asked, by=cast.noor.staff, at=cast.at)
    with pytest.raises(NotOnShift):
        relieve(asked, by=cast.ines.staff, at=cast.at)
    with pytest.raises(NotOnShift):
        ask_relief(cast.ravi.staff, at=cast.at)
    assert "reason" not in {field.name for field in Relief._meta.get_fields()}
    assert forget_reliefs(None, at=cast.later(hours=13)) == 1


def test_a_note_reaches_whoever_comes_next_and_is_gone_after_a_day(cast: Cast) -> None:
    noor = at_the_desk(cast.noor).open("/on-shift")
    assert noor.press("Hand it over", note=" ").status == 409
    noor.press("Hand it over", note="Hall 2 is loud since the coffee. Its host is kind.")
    note = ShiftNote.objects.get()
    assert b"coffee" not in bytes(note.sealed)
    luis = at_the_desk(cast.luis).open("/on-shift")
    assert luis.sees("Hall 2 is loud since the coffee.")
    assert luis.sees("Noor")
    assert not at_the_desk(cast.ines).open("/on-shift").sees("coffee")
    with pytest.raises(NoGrant):
        read_shift_note(note, keyring=cast.ines.keyring)
    who = {"at": cast.at, "by": cast.ines.staff, "keyring": cast.ines.keyring}
    with pytest.raises(OnlyWhoWatches):
        hand_over_shift("Quiet.", **who)
    case_about_karim(cast)
    amara = at_the_desk(cast.amara).open("/on-shift")
    for named in ("Watch out for Karim tonight.", "Sara flagged somebody."):
        assert amara.press("Hand it over", note=named).status == 409
        assert amara.sees("take the name")
        assert named in amara.page
    assert ShiftNote.objects.get() == note
    with pytest.raises(NothingToHandOver):
        hand_over_shift("", **{**who, "by": cast.noor.staff, "keyring": cast.noor.keyring})
    assert forget_shift_notes(None, at=cast.later(hours=23)) == 0
    assert forget_shift_notes(None, at=cast.later(hours=25)) == 1
    assert files.still_there([note.file]) == set()


def test_whoever_flagged_sees_that_a_person_has_looked_and_nothing_of_what_came_of_it(
    cast: Cast, mailbox: Mailbox
) -> None:
    posts = [flagged(cast, "Go home, Sara").post_id, flagged(cast, "Good morning, Sara").post_id]
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    tomas = into(by_mail("tomas@example.org", mailbox), cast.hall)
    for post in posts:
        assert sara.open(f"/p/{post}/flag").sees("A person will look.")
        assert tomas.open(f"/p/{post}/flag").sees("Ask us to look at this post")
    luis = at_the_desk(cast.luis)
    for post, credible in zip(posts, ("yes", "no"), strict=True):
        flag = Flag.objects.get(post=post)
        luis.open(f"/flags/{flag.id}")
        luis.press("It needs action" if credible == "yes" else "No action needed", reason="So.")
    pages = [sara.open(f"/p/{post}/flag").words for post in posts]
    assert pages[0] == pages[1], "whatever was made of it"
    assert "A person has looked." in pages[0]
    assert tomas.open(f"/p/{posts[0]}/flag").sees("Ask us to look at this post")


def test_a_moment_that_was_flagged_is_found_again_by_who_flagged_it(
    cast: Cast, mailbox: Mailbox
) -> None:
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    tomas = into(by_mail("tomas@example.org", mailbox), cast.hall)
    sara.open(f"/r/{cast.hall.id}/flag").press("Flag it", words="He shouted at me.")
    sara.follow("See whether somebody has looked")
    own = sara.path
    assert sara.sees("A person will look.")
    assert tomas.open(own).status == 404
    at_the_desk(cast.luis).open(f"/flags/{Flag.objects.get().id}").press(
        "No action needed", reason="It was the microphone."
    )
    assert sara.open(own).sees("A person has looked.")
    assert not sara.sees("microphone")


def test_after_an_event_and_a_live_case_people_are_asked_what_they_take_from_it(cast: Cast) -> None:
    noor, luis = at_the_desk(cast.noor), at_the_desk(cast.luis)
    assert not noor.open("/").sees("What do you take from it?")
    case = left_as_it_is(cast, case_about_karim(cast))
    follow_up(case, by=cast.amara.staff, at=cast.at)
    assert luis.open("/").sees("A case of yours that was live")
    assert not noor.open("/").sees("A case of yours that was live")
    Convening.objects.update(state="ended", ended_at=timezone.now())
    assert noor.open("/").sees("Votes and Voices")
    assert not at_the_desk(cast.ines).open("/").sees("What do you take from it?")
    noor.open("/learned").press("Keep it", text="Two people for each hall next time.")
    assert not noor.open("/").sees("What do you take from it?")
    assert luis.open("/").sees("Votes and Voices")
