"""Before every session: its own guidelines, and nobody enters without having read them (PUB-16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from concord.concurrence.concur import concur
from concord.convenings.guidelines_read import COOKIE
from concord.convenings.models import Convening, Session, State
from concord.convenings.plan_convening import plan_convening, plan_session
from concord.convenings.register import register
from concord.outbox.models import Job
from concord.outbox.worker import plant_periodic
from concord.people.end_designation import end_designation
from concord.people.models import OutsideContact
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post, Room
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import Cast, opened, proposed, terms_for


@pytest.fixture
def planned(cast: Cast) -> Convening:
    """An event of three sessions, none of which has guidelines yet."""
    hour = timedelta(hours=1)
    convening = plan_convening(
        "Spring",
        slug="spring",
        starts_at=cast.at + hour,
        ends_at=cast.at + 9 * hour,
        by=cast.amara.staff,
        at=cast.at,
    )
    for name in ("Law", "Song", "Close"):
        plan_session(
            convening,
            name=name,
            starts_at=cast.at + hour,
            ends_at=cast.at + 2 * hour,
            by=cast.amara.staff,
            at=cast.at,
        )
    return convening


def session_of(convening: Convening, name: str) -> Session:
    return Session.objects.get(convening=convening, name=name)


def confirm(browser: Browser, session: Session, text: str) -> None:
    browser.open(f"/sessions/{session.id}/guidelines").press("Confirm", text=text)


def open_it(browser: Browser, path: str) -> Browser:
    return browser.open("/events/spring").post(path)


@pytest.mark.clauses("P-GUIDE-1", "P-SAFE-1")
def test_of_forty_sessions_only_the_one_without_confirmed_guidelines_cannot_open(
    cast: Cast, planned: Convening
) -> None:
    """One table confirms them, but for Song, which has a text of its own that nobody confirmed."""
    song = session_of(planned, "Song")
    for number in range(37):  # one after the other, for each needs somebody who reads along
        begins = song.ends_at + timedelta(minutes=10 * number)
        when = {"starts_at": begins, "ends_at": begins + timedelta(minutes=10), "at": cast.at}
        plan_session(planned, name=f"Workshop {number}", by=cast.amara.staff, **when)
    amara = at_the_desk(cast.amara).open("/events/spring/guidelines")
    amara.press("See the differences", text="One person speaks at a time.")
    assert amara.sees("Nothing confirmed yet: the whole text is new 40 sessions · ticked")
    assert amara.page.count('name="session"') == 40
    wanted = [f"{one.id}:0" for one in planned.sessions.exclude(id=song.id)]
    amara.press("Confirm it for the ticked sessions", session=wanted)
    assert amara.sees("Confirmed for 39 sessions.")
    assert amara.sees(
        "These sessions cannot open yet, for their guidelines are not confirmed: Song"
    )
    open_it(amara, "/events/spring/open")
    for name in ("Law", "Song", "Close", "Workshop 0", "Workshop 36"):
        open_it(amara, f"/sessions/{session_of(planned, name).id}/open")
        assert amara.status == (409 if name == "Song" else 200)
    assert planned.sessions.filter(state=State.OPEN).count() == 4


@pytest.mark.clauses("P-GUIDE-1")
def test_whoever_comes_late_by_a_deep_link_reads_them_before_the_room(
    cast: Cast, mailbox: Mailbox
) -> None:
    cast.say(cast.tomas, "We began a while ago.")
    sara = by_mail("sara@example.org", mailbox)
    sara.open(f"/r/{cast.hall.id}")
    assert "/guidelines" in sara.path
    assert sara.sees("Be kind. One person speaks at a time.")
    assert not sara.sees("We began a while ago.")
    sara.post(f"/r/{cast.hall.id}/posts", text="I write first")
    assert not Post.objects.filter(text="I write first").exists()
    sara.open(f"/r/{cast.hall.id}").press("Enter")
    assert not sara.sees("We began a while ago.")
    sara.press("Enter", read="on")
    assert sara.path.startswith(f"/r/{cast.hall.id}")
    assert sara.sees("We began a while ago.")


@pytest.mark.clauses("P-GUIDE-1")
def test_each_session_has_its_own_and_changed_ones_are_read_again(
    cast: Cast, mailbox: Mailbox
) -> None:
    sara = by_mail("sara@example.org", mailbox).open(f"/r/{cast.hall.id}")
    sara.press("Enter", read="on")
    assert "/guidelines" in sara.open(f"/r/{cast.annex.id}").path
    confirm(at_the_desk(cast.amara), cast.hall.session, "Cameras stay off today.")
    sara.open(f"/r/{cast.hall.id}")
    assert sara.sees("Cameras stay off today.")


@pytest.mark.clauses("P-GUIDE-1")
def test_who_read_which_guidelines_is_kept_in_their_browser_alone(
    cast: Cast, mailbox: Mailbox
) -> None:
    sara = by_mail("sara@example.org", mailbox).open(f"/r/{cast.hall.id}")
    sara.press("Enter", read="on")
    del sara.client.cookies[COOKIE]
    assert "/guidelines" in sara.open(f"/r/{cast.hall.id}").path


@pytest.mark.clauses("P-GUIDE-1")
def test_everyone_registered_has_them_by_letter_before_it_starts_but_nobody_who_is_shut_out(
    cast: Cast, planned: Convening, mailbox: Mailbox
) -> None:
    amara, sara = at_the_desk(cast.amara), by_mail("sara@example.org", mailbox)
    sara.open("/e/spring/register").press("Take part", display_name="Sara")
    register(planned, person=cast.karim.person, display_name="Karim", at=cast.at)
    everywhere = replace(terms_for(cast).targets[0], scope_kind="all", scope_id=None)
    version = proposed(cast, targets=(everywhere,), notice_subject="", notice_body="").version
    concur(
        opened(version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    confirm(amara, session_of(planned, "Law"), "In Law, one speaks at a time.")
    mailbox.arrive()
    mailbox.clear()
    plant_periodic(at=cast.at)
    mailbox.arrive()
    ahead = [letter["to"] for letter in mailbox if "one speaks at a time" in letter["body"]]
    assert "sara@example.org" in ahead
    assert "karim.haddad@gmail.com" not in ahead
    amara.open("/events/spring")
    assert amara.sees("Letters ahead: 2 of 2 people seen to.")
    mailbox.clear()
    confirm(amara, session_of(planned, "Law"), "In Law, cameras stay off.")
    Job.objects.update(due_at=cast.at)
    mailbox.arrive()
    bodies = [letter["body"] for letter in mailbox if letter["to"] == "sara@example.org"]
    assert [("cameras stay off" in body, "one speaks" in body) for body in bodies] == [
        (True, False)
    ]


@pytest.mark.clauses("P-SAFE-1")
def test_an_event_does_not_open_while_anything_is_missing_and_says_what(
    cast: Cast, planned: Convening, settings
) -> None:
    settings.CONCORD_REPORT_ADDRESS = ""
    OutsideContact.objects.update(ended_at=cast.at)
    for desk in (cast.noor, cast.ravi, cast.luis):
        end_designation(desk.staff, by=None, at=cast.at)
    amara = at_the_desk(cast.amara)
    open_it(amara, "/events/spring/open")
    assert amara.status == 409
    for missing in (
        "Two different people who can agree to a proposal must be on call",
        "Nobody outside the team is named",
        "The address for reports is not set.",
        "These sessions cannot open yet, for their guidelines are not confirmed",
    ):
        assert amara.sees(missing)
    assert Convening.objects.get(slug="spring").state == State.PLANNED


@pytest.mark.clauses("P-SAFE-1")
def test_one_person_on_call_is_not_two(cast: Cast, planned: Convening) -> None:
    amara = at_the_desk(cast.amara)
    for session in planned.sessions.all():
        confirm(amara, session, "Listen first.")
    for desk in (cast.noor, cast.ravi, cast.luis):
        desk.staff.shifts.all().delete()
    open_it(amara, "/events/spring/open")
    assert amara.sees("Two different people who can agree")
    assert Convening.objects.get(slug="spring").state == State.PLANNED


@pytest.mark.clauses("S-EVENTS-1", "P-EMBODY-1")
def test_the_policy_is_one_press_away_from_every_room(cast: Cast, mailbox: Mailbox) -> None:
    sara = by_mail("sara@example.org", mailbox)
    for room in Room.objects.filter(convening=cast.convening, session__isnull=False):
        sara.open(f"/r/{room.id}").press("Enter", read="on")
        assert f'href="/policy?from=%2Fr%2F{room.id}"' in sara.page
        assert sara.follow("olicy").sees("Version 1")
    assert 'href="/policy?from=%2Fe%2Fvotes"' in sara.open("/e/votes").page
    assert 'href="/policy"' in sara.open("/e/votes/register").page
