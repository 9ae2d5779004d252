"""Somebody watches while an event is on, hears what is flagged, and is missed within a minute when away."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.cases.models import Case
from concord.cases.parties import known_parties
from concord.concurrence.concur import concur
from concord.concurrence.terms import Target
from concord.convenings.models import Session
from concord.monitoring.alarm_unwatched import ABSENT, alarm_unwatched
from concord.monitoring.models import Flag, Unwatched
from concord.monitoring.new_voices import MANY, WITHIN, new_voices
from concord.monitoring.pace import BURST, forget_pace
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.people.models import Role, Shift, StaffMember
from concord.people.tests.team import Mailbox
from concord.reports.models import Report
from concord.reports.tests.files import photograph
from concord.spaces.models import Post
from concord.spaces.post_message import NewcomersRead
from concord.spaces.show_video import show_video
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, colleague, opened, participant, proposed

TICK = timedelta(seconds=15)
"""How often the house looks."""


@pytest.mark.clauses("R-MONITOR-1")
def test_an_event_that_nobody_watches_is_noticed_within_a_minute(
    cast: Cast,
) -> None:
    assert timedelta(minutes=1) > ABSENT + TICK
    Shift.objects.exclude(staff=cast.luis.staff).delete()
    alarm_unwatched(None, at=cast.at)
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("Nobody on shift watches Votes and Voices")
    amara.open("/watch")  # she has no shift: being there alone does not end it
    alarm_unwatched(None, at=cast.later(seconds=1))
    assert Unwatched.objects.going_on().exists()
    at_the_desk(cast.luis).open("/watch")
    luis_was_there = cast.later(seconds=20)
    alarm_unwatched(None, at=luis_was_there)
    assert not amara.open("/").sees("Nobody on shift watches")
    alarm_unwatched(None, at=luis_was_there + timedelta(minutes=1))
    assert amara.open("/").sees("Nobody on shift watches Votes and Voices")
    ines = at_the_desk(cast.ines).open("/")
    assert not ines.sees("Nobody on shift watches")


@pytest.mark.clauses("R-MONITOR-1", "R-FLAG-1", "V-DEF-1")
def test_what_was_spoken_becomes_a_flag_a_case_and_a_decision_without_any_post(
    cast: Cast, mailbox: Mailbox
) -> None:
    link = "https://video.example.org/embed/7"
    show_video(cast.hall, link=link, by=cast.amara.staff, at=cast.at)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert link not in sara.page
    sara.follow("Watch the video")
    assert link in sara.page
    sara.follow("Flag this moment").press(
        "Flag it", words="Karim called her a liar and worse, aloud."
    )
    flag = Flag.objects.get()
    assert (flag.room, flag.post, flag.kind) == (cast.hall, None, "moment")

    amara = at_the_desk(cast.amara).open("/watch")
    assert amara.sees("One flag waits for a first look.")
    assert amara.sees("a moment")
    assert "liar" not in amara.page  # nothing is read before somebody asks for it
    amara.press("I am looking at it c")
    assert (
        at_the_desk(cast.luis)
        .open("/watch")
        .sees("Being looked at by Amara . You can look as well.")
    )
    amara.open(f"/flags/{flag.id}")
    assert amara.sees("Karim called her a liar and worse, aloud.")
    amara.press("It needs action", reason="Several people heard it.")
    case = Case.objects.get()
    out = Target(
        "revoke",
        cast.karim.person_id,
        "Karim Haddad",
        scope_kind="session",
        scope_id=cast.hall.session_id,
        until_at=cast.later(hours=24),
    )
    asked = proposed(cast, case, targets=(out,), violations=("comment",))
    version = opened(asked.version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.at)
    assert not Post.objects.exists()
    assert audit() == []


@pytest.mark.clauses("R-MONITOR-1", "R-BOTH-1")
def test_being_looked_at_keeps_no_colleague_from_looking(cast: Cast, mailbox: Mailbox) -> None:
    cast.say(cast.karim, "Somebody should teach her a lesson.")
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.follow("Flag this moment").press("Flag it", words="It goes on in the chat.")
    at_the_desk(cast.amara).open("/watch").press("I am looking at it c")
    luis = at_the_desk(cast.luis).open(f"/watch?room={cast.hall.id}")
    assert luis.sees("Being looked at by Amara . You can look as well.")
    luis.press("I am looking at it c")
    flag = Flag.objects.get()
    assert luis.path == f"/watch?room={cast.hall.id}#flag-{flag.id}"
    assert luis.sees("Being looked at by Amara , you.")
    luis.press("I am still looking c").press("I am no longer looking")
    assert luis.sees("Being looked at by Amara . You can look as well.")
    assert not luis.sees("no longer")
    luis.press("Needs action n", reason="It cannot wait.")
    assert Flag.objects.get().judged_by == cast.luis.id


@pytest.mark.clauses("R-MONITOR-1", "R-BOTH-1")
def test_what_stands_outside_our_rooms_comes_into_the_same_inbox_as_it_was_brought(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: object, **more: object) -> None:
        raise AssertionError("somebody outside was asked for something")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    viv = at_the_desk(colleague(cast, "viv", "Viv", Role.VOLUNTEER)).open("/watch")
    viv.follow("Put in what you saw elsewhere")
    link, picture = "https://social.example/p/7?u=karim", photograph()
    viv.client.post(
        "/reports/elsewhere",
        {
            "where": link,
            "text": "He calls for coming to her house.",
            "nonce": "",
            "attached": SimpleUploadedFile("seen.jpg", picture),
            "csrfmiddlewaretoken": viv.client.cookies["__Host-csrf"].value,
        },
    )
    report = Report.objects.get()
    assert report.attachments.count() == 1
    assert not Report.objects.visible_to(StaffMember.objects.get(working_name="Viv")).exists()
    luis = at_the_desk(cast.luis).open("/")
    assert luis.sees(f"Report {report.code}")
    luis.follow(f"Report {report.code}")
    assert luis.sees("seen outside our rooms by somebody who watches")
    assert luis.sees(link)
    assert luis.sees("He calls for coming to her house.")
    for model in apps.get_models():
        assert "social.example" not in str(list(model._default_manager.values())), model
    ines = at_the_desk(cast.ines)
    assert ines.open("/reports/elsewhere").status == 404


# Floods -------------------------------------------------------------------------------------------

OFFERED = "many new voices: hold the room?"


@pytest.fixture
def under_way(cast: Cast) -> Cast:
    """A session that began an hour ago, in which Sara and Tomas have spoken."""
    hour_ago = timezone.now() - timedelta(hours=1)
    Session.objects.filter(id=cast.hall.session_id).update(starts_at=hour_ago)
    cast.hall.refresh_from_db()
    for who in (cast.sara, cast.tomas):
        cast.say(who, "Good to be here", at=timezone.now() - timedelta(minutes=20))
    return cast


@pytest.mark.clauses("R-MONITOR-1", "P-OPEN-1")
def test_forty_newcomers_at_once_drown_nobody_and_one_press_lets_them_read_only(
    under_way: Cast, mailbox: Mailbox
) -> None:
    cast, now = under_way, timezone.now()
    luis = at_the_desk(cast.luis).open("/watch")
    assert not luis.sees(OFFERED)
    raid = [
        participant(cast.convening, f"Voice {n}", f"voice{n}@example.org", cast.at)
        for n in range(40)
    ]
    for turn in range(2):
        for number, one in enumerate(raid):
            cast.say(one, f"{number} says {turn}", at=now)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.press("Send", text="We go on with our question")
    assert sara.sees("We go on with our question")
    numbers = (
        Post.objects.filter(room=cast.hall).order_by("number").values_list("number", flat=True)
    )
    assert list(numbers) == list(range(1, 2 + 2 * 40 + 1 + 1)), "every word of everybody is there"
    assert luis.open("/watch").sees(OFFERED)
    luis.open(f"/watch?room={cast.hall.id}").press("Hold the room", kind="newcomers")
    late = participant(cast.convening, "One more", "late@example.org", cast.at)
    with pytest.raises(NewcomersRead):
        cast.say(late, "And me", at=timezone.now())
    sara.press("Send", text="Thank you")
    assert sara.sees("Thank you")


@pytest.fixture
def screened(under_way: Cast) -> Iterator[Cast]:
    """The same session, with a screener that is made."""
    forget_pace()
    make_screener(under_way.convening.id)
    yield under_way
    forget_screeners()
    forget_pace()


@pytest.mark.clauses("R-MONITOR-1", "R-FLAG-1")
def test_one_who_floods_is_no_crowd_and_is_put_before_a_person(
    screened: Cast, mailbox: Mailbox
) -> None:
    cast, now = screened, timezone.now()
    for number in range(60):
        cast.say(cast.karim, f"Again {number}", at=now + timedelta(milliseconds=number))
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.press("Send", text="I am still heard")
    [flag] = Flag.objects.all()
    assert (flag.post.registration, flag.count) == (cast.karim, 60 // BURST)  # type: ignore[union-attr]
    luis = at_the_desk(cast.luis).open("/watch")
    assert luis.page.index("I am still heard") < luis.page.index("Again 59")
    assert luis.sees("many messages by one person in a very short time")
    assert not luis.sees(OFFERED), "one is no crowd"
    luis.press("Needs action n", reason="He drowns everybody out.")
    assert {"Karim Haddad"} == {
        party.name
        for party in known_parties(Case.objects.get(), keyring=cast.luis.keyring)
        if party.role == "respondent"
    }


def test_a_beginning_and_a_busy_hour_are_no_raid(under_way: Cast) -> None:
    cast, now = under_way, timezone.now()
    many = [
        participant(cast.convening, f"Voice {n}", f"voice{n}@example.org", cast.at)
        for n in range(MANY)
    ]
    for one in many[1:]:
        cast.say(one, "Hello", at=now)
    assert not new_voices([cast.hall], at=now), "one fewer than many"
    cast.say(many[0], "Hello", at=now)
    assert new_voices([cast.hall], at=now) == {cast.hall.id}
    later = now + WITHIN + timedelta(seconds=1)
    for one in many:
        cast.say(one, "And on we go", at=later)
    assert not new_voices([cast.hall], at=later), "they are known by now"
    cast.hall.session.starts_at = now  # type: ignore[union-attr]
    assert not new_voices([cast.hall], at=now), "everybody is new when it begins"
