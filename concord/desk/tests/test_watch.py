"""The watch: every open room, newest first; what was flagged is covered until somebody asks."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.cases.models import Case
from concord.cases.parties import known_parties
from concord.convenings.models import Convening, Session, State
from concord.convenings.plan_convening import plan_convening
from concord.desk.watch_views import RELOADS
from concord.ledger.models import Entry
from concord.live import relay
from concord.monitoring import items
from concord.monitoring.alarm_unwatched import ABSENT, alarm_unwatched, watched
from concord.monitoring.flag_post import flag_post
from concord.monitoring.models import Flag, Presence
from concord.monitoring.pace import FLAGS, forget_pace
from concord.monitoring.read_flag import read_flag
from concord.monitoring.screeners import make_screener
from concord.people.locked import BY_ITSELF
from concord.people.models import Role, Shift
from concord.spaces.models import Brake, Room
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, colleague, flagged, participant, session_in

WORDS = "go and hurt yourself"


def part(browser: Browser, path: str, target: str) -> str:
    """What a script gets when it asks for one part of the page."""
    answer = browser.client.get(path, headers={"hx-request": "true", "hx-target": target})
    return answer.content.decode()


def test_posts_of_all_open_rooms_stand_newest_first(cast: Cast, amara: Browser) -> None:
    cast.say(cast.tomas, "first")
    cast.say(cast.sara, "second", room=cast.annex, at=cast.later(seconds=5))
    amara.open("/watch")
    assert amara.page.index("second") < amara.page.index("first")
    assert amara.sees("Hall 2")


def test_however_many_wait_a_page_shows_the_oldest_and_counts_the_others(
    cast: Cast, amara: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "SHOWN", 2)
    posts = [cast.say(cast.karim, f"cruel {number}") for number in range(4)]
    by = [cast.sara, cast.tomas]
    raised = [
        flag_post(
            posts[which], words="", by=by[who].person_id, by_staff=False, at=cast.later(seconds=at)
        )
        for at, (which, who) in enumerate([(3, 0), (0, 0), (3, 1), (1, 0), (2, 0)])
    ]
    Flag.objects.filter(id=raised[1].id).update(folded=True)  # it came second, from a flooder
    first, from_a_flooder, again, second, third = raised
    for path in ("/watch", "/"):
        amara.open(path)
        assert amara.sees("4 flags wait for a first look.")
        assert amara.sees("2 more wait behind these")
        assert amara.page.index(str(first.id)) < amara.page.index(str(second.id))
        assert str(from_a_flooder.id) not in amara.page
        assert str(third.id) not in amara.page
    amara.open("/watch")
    assert str(again.id) in amara.page
    assert amara.page.count("Flagged; show what was written") == 4
    monkeypatch.setattr(items, "COUNTED", 3)  # beyond that there are many
    monkeypatch.setattr("concord.desk.templatetags.desk.COUNTED", 3)
    for path in ("/watch", "/"):
        assert amara.open(path).sees("2+ flags wait for a first look.")
        assert amara.sees("2+ more wait behind these")


def test_what_scrolled_past_is_one_press_away_and_none_of_it_is_passed_over(
    cast: Cast, amara: Browser
) -> None:
    def shown() -> list[str]:
        return re.findall(r'<p class="said" dir="auto">(\w+)</p>', amara.page)

    def say(numbers: range) -> None:
        for number in numbers:  # several at the same moment, in two rooms
            room = cast.annex if number % 2 else cast.hall
            cast.say(cast.tomas, f"n{number}", room=room, at=cast.later(seconds=number // 5))

    say(range(45))
    everything, back = amara.open("/watch?all").page, []
    while True:
        back += shown()
        if not amara.sees("Earlier messages"):
            break
        amara.follow("Earlier messages")
    assert len(back) == len(set(back)) == 45
    assert "data-earlier" in amara.page
    assert amara.path.startswith("/watch?all=&before=")
    amara.follow("Back to the newest")
    assert shown() == back[:20]

    def asked_again(page: str) -> str:
        carried = dict(re.findall(r'class="carried" name="(\w+)" value="([^"]*)"', page))
        return part(amara, f"/watch?{urlencode(carried)}", "watch-now")

    say(range(45, 65))
    assert "missed" not in asked_again(everything), "all of them fit"
    say(range(65, 100))
    page = asked_again(everything)
    assert "35 more came before these, and did not fit." in page
    say(range(100, 105))
    amara.turn_to("/watch", asked_again(page))
    assert amara.sees("35 more came before these"), "until somebody goes there"
    assert "newest=" not in amara.follow("35 more came before these").path
    assert shown()[0] in {"n79", "n78"}, "the first of those"
    assert part(amara, "/watch?before=no&newest=no&missed=no,no", "watch-now")


def test_one_room_alone_with_its_brakes(cast: Cast, amara: Browser) -> None:
    cast.say(cast.tomas, "in the hall")
    cast.say(cast.sara, "in the annex", room=cast.annex)
    amara.open(f"/watch?room={cast.annex.id}")
    assert amara.sees("in the annex")
    assert not amara.sees("in the hall")
    amara.press("Hold the room", kind="slow")
    assert Brake.objects.get().room == cast.annex
    assert amara.path == f"/watch?room={cast.annex.id}"


def test_what_was_flagged_is_read_only_on_asking_and_the_reading_is_kept(
    cast: Cast, amara: Browser
) -> None:
    flag = flagged(cast)
    flags = part(amara, "/watch", "watch-flags")
    assert WORDS not in flags
    assert "Karim" not in flags
    reads = Entry.objects.filter(verb="monitoring.read", subject=flag.id)
    before = reads.count()
    assert WORDS in amara.open(f"/flags/{flag.id}/words").page
    assert reads.count() == before + 1


def test_a_flagged_post_is_covered_in_the_stream_of_posts(cast: Cast, amara: Browser) -> None:
    flagged(cast)
    feed = part(amara, "/watch", "watch-now")
    assert "Flagged; show what was written" in feed
    assert feed.index("<details") < feed.index(WORDS) < feed.index("</details>")


def test_a_part_is_a_part(cast: Cast, amara: Browser) -> None:
    cast.say(cast.tomas, "hello")
    assert "<html" not in part(amara, "/watch", "watch-now")
    assert "<html" in part(amara, "/watch", "something else")


def test_a_page_asks_for_the_number_beside_the_inbox_alone(cast: Cast, amara: Browser) -> None:
    assert not part(amara, "/", "waits").strip()
    flagged(cast)
    number = part(amara, "/", "waits")
    assert "1" in number
    assert "<a" not in number
    assert (
        'hx-get="/" hx-trigger="live:open from:body, live:news from:body"'
        in amara.open("/watch").page
    )
    assert amara.page.count('id="waits"') == 1


def test_whoever_watches_sees_that_a_colleague_would_like_to_be_relieved(
    cast: Cast, amara: Browser, luis: Browser
) -> None:
    assert "relieved" not in part(luis, "/watch", "watch-rooms")
    amara.open("/on-shift").press("Ask somebody to take over")
    assert "1 colleague would like to be relieved." in part(luis, "/watch", "watch-rooms")
    assert "relieved" not in part(amara, "/watch", "watch-rooms")
    luis.open("/on-shift").press("I take over from Amara", note="")
    assert "Somebody takes over from you." in part(amara, "/watch", "watch-rooms")
    amara.open("/on-shift").press("Hand it over", note="Hall 2 is loud.")
    assert luis.open("/watch").sees("1 note is for you.")


def test_a_flag_is_answered_where_it_stands(cast: Cast, amara: Browser) -> None:
    flag = flagged(cast)
    amara.open("/watch").press("Needs action", reason="It urges her to hurt herself.")
    flag.refresh_from_db()
    assert flag.credible
    assert amara.sees("You coordinate this.")


def test_an_answer_without_a_reason_is_none(cast: Cast, amara: Browser) -> None:
    flagged(cast)
    amara.open("/watch").press("No action needed")
    assert amara.status == 409
    assert Flag.objects.get().credible is None


def test_a_monitor_flags_a_post_or_a_moment(cast: Cast, noor: Browser) -> None:
    cast.say(cast.tomas, "something odd")
    noor.open(f"/watch?room={cast.hall.id}").press("Flag")
    noor.open(f"/watch?room={cast.hall.id}").press("Flag this moment", words="A gesture")
    assert sorted(Flag.objects.values_list("kind", "by_staff")) == [
        ("moment", True),
        ("post", True),
    ]


def test_a_volunteer_who_presses_twice_reads_that_it_came_and_flags_once(cast: Cast) -> None:
    viv = at_the_desk(colleague(cast, "viv", "Viv", Role.VOLUNTEER))
    flagged(cast)  # by somebody else
    post = cast.say(cast.tomas, "something odd")
    opened = {path: viv.open(path).page for path in ("/watch", f"/watch?room={cast.hall.id}")}
    assert not viv.sees("Flagged by you")
    for path, lay_open in opened.items():
        for _twice in range(2):
            viv.turn_to(path, lay_open).press("Flag")
            assert viv.path == f"{path}#post-{post.id}"
            assert viv.sees("Flagged. It is before the staff now.")
            assert viv.sees("Flagged by you")
    for _twice in range(2):
        viv.turn_to(path, lay_open).press("Flag this moment", words="A gesture")
        assert viv.path == path
        assert viv.sees("Flagged. It is before the staff now.")
    theirs = Flag.objects.filter(by_staff=True)
    assert sorted(theirs.values_list("kind", flat=True)) == ["moment", "post"]
    [moment] = Flag.objects.filter(kind="moment")
    assert read_flag(moment, keyring=cast.amara.keyring, at=cast.at).words == "A gesture"
    viv.turn_to(path, lay_open).press("Flag this moment", words="And then a threat")
    assert theirs.filter(kind="moment").count() == 2, "other words are not lost"
    viv.post(f"/posts/{post.id}/flag", next="//elsewhere.example/")
    assert viv.path == f"/watch#post-{post.id}"


def test_markup_in_a_post_stays_text(cast: Cast, amara: Browser) -> None:
    cast.say(cast.tomas, "<b>bold</b> & <script>alert(1)</script>")
    amara.open("/watch")
    assert "<script>alert" not in amara.page
    assert amara.sees("<b>bold</b> & <script>alert(1)</script>")


def test_a_volunteer_is_told_that_flags_go_to_the_designated_staff(
    cast: Cast, amara: Browser
) -> None:
    assert amara.open("/watch").sees("No flag waits for you.")
    viv = at_the_desk(colleague(cast, "viv", "Viv", Role.VOLUNTEER))
    assert viv.open("/watch").sees("flags go to the designated staff.")
    without = part(viv, "/watch", "watch-flags")
    flagged(cast)
    theirs = part(viv, "/watch", "watch-flags")
    assert "Flags go to the designated staff" in theirs
    assert theirs == without, "it tells them of no flag"
    assert "No flag" not in theirs
    assert "Screening of" not in viv.open("/watch").page


def test_the_words_of_an_event_can_be_set_before_it_opens(
    cast: Cast, amara: Browser, noor: Browser
) -> None:
    Session.objects.update(state=State.PLANNED)
    Convening.objects.update(state=State.READY)
    noor.open("/watch").follow("Screening of Votes and Voices")
    assert noor.path == "/events/votes/screening"
    amara.open("/events/votes").follow("Screening: words of your own")
    assert amara.path == "/events/votes/screening"


def test_whoever_plans_an_event_finds_its_lobby(cast: Cast) -> None:
    olu = at_the_desk(colleague(cast, "olu", "Olu", Role.ORGANISER)).open("/events/votes")
    assert "/events/votes/screening" not in olu.page
    assert 'href="/watch"' not in olu.page, "what is closed to somebody is not offered to them"
    olu.follow("Announcements and video in the lobby").press("Announce it", text="We begin at ten.")
    lobby = Room.objects.get(convening=cast.convening, session=None)
    assert [one.text for one in lobby.standing] == ["We begin at ten."]


def test_with_no_room_open_it_says_when_rooms_appear(cast: Cast, amara: Browser) -> None:
    Session.objects.update(state=State.ENDED)
    Convening.objects.update(state=State.ENDED)
    assert amara.open("/watch").sees("Rooms appear here when a session opens.")
    asks = {"hx-request": "true", "hx-target": "watch-empty"}
    assert amara.client.get("/watch", headers=asks).status_code == 204
    Convening.objects.update(state=State.OPEN)
    assert amara.client.get("/watch", headers=asks).headers["HX-Refresh"] == "true"


def flagged_by_three(cast: Cast) -> list[Flag]:
    first = flagged(cast)
    post = first.post
    more = [(cast.tomas.person_id, False, "I saw it too"), (cast.noor.id, True, "")]
    return [
        first,
        *(
            flag_post(post, words=words, by=by, by_staff=is_staff, at=cast.later(seconds=9))
            for by, is_staff, words in more
        ),
    ]


def test_what_three_people_flagged_is_one_item_with_what_each_of_them_said(
    cast: Cast, amara: Browser
) -> None:
    first, *_others = flagged_by_three(cast)
    amara.open("/watch")
    assert amara.sees("One flag waits for a first look.")
    assert amara.sees("3 people")
    assert amara.page.count("<article") == 1
    read = amara.open(f"/flags/{first.id}/words").page
    assert "He wrote this to me" in read
    assert "I saw it too" in read
    assert read.count(WORDS) == 1
    amara.open("/")
    assert amara.sees("flagged by 3 people")


def test_one_answer_is_for_all_that_were_shown_and_for_none_that_came_meanwhile(
    cast: Cast, amara: Browser
) -> None:
    flags = flagged_by_three(cast)
    amara.open("/watch")
    late = flag_post(
        flags[0].post,
        words="He stands at my door",
        by=participant(cast.convening, "Lin", "lin@example.org", cast.at).person_id,
        by_staff=False,
        at=cast.later(seconds=30),
    )
    amara.press("Needs action", reason="It urges her to hurt herself.")
    case = Case.objects.get()
    assert set(case.sources.values_list("flag", flat=True)) == {one.id for one in flags}
    protected = {
        one.person_id
        for one in known_parties(case, keyring=cast.amara.keyring)
        if one.role == "reporter"
    }
    assert protected == {cast.sara.person_id, cast.tomas.person_id}
    assert [one.id for one in Flag.objects.awaiting_judgement()] == [late.id]
    assert amara.open("/watch").sees("One flag waits for a first look.")


def test_an_answer_reaches_no_flag_on_another_post(cast: Cast, amara: Browser) -> None:
    flag = flagged(cast)
    other = flagged(cast, "Something else altogether")
    amara.client.post(
        f"/flags/{flag.id}/answer",
        {"reason": "A quotation.", "credible": "no", "with": [str(other.id), "no id"]}
        | {"csrfmiddlewaretoken": amara.client.cookies["__Host-csrf"].value},
    )
    assert list(Flag.objects.filter(credible=False)) == [flag]


def test_a_room_that_nobody_on_shift_has_before_them_is_named(cast: Cast, luis: Browser) -> None:
    luis.open(f"/watch?room={cast.annex.id}")
    alarm_unwatched(None, at=timezone.now())
    luis.open(f"/watch?room={cast.annex.id}")
    assert luis.sees("Nobody on shift watches these rooms of")
    assert "unwatched" in part(luis, f"/watch?room={cast.annex.id}", "watch-rooms")
    luis.follow("Roster and coverage")
    assert luis.path == "/events/votes/roster"
    assert not luis.open("/watch").sees("Nobody on shift watches")


def test_whoever_watches_finds_the_roster_of_what_goes_on_and_nothing_of_what_is_over(
    cast: Cast,
) -> None:
    viv = at_the_desk(colleague(cast, "viv", "Viv", Role.VOLUNTEER))
    for path in ("/watch", "/on-shift"):
        viv.open(path).follow("Roster and coverage of Votes and Voices")
        assert viv.sees("From now on, every minute in which a session runs is covered")
    Convening.objects.update(state=State.ENDED)
    for path in ("/watch", "/on-shift"):
        assert not viv.open(path).sees("Roster and coverage")


RELOADED = re.compile(r'<noscript><meta http-equiv="refresh" content="30; url=([^"]+)">')


def test_where_no_script_runs_the_page_with_all_rooms_keeps_them_watched(
    cast: Cast, luis: Browser
) -> None:
    assert timedelta(seconds=RELOADS) < ABSENT
    again = RELOADED.search(luis.open("/watch?all").page)
    assert again
    assert unescape(again[1]) == f"/watch?all=&{BY_ITSELF}=yes"
    Presence.objects.all().delete()
    luis.open(unescape(again[1]))
    assert watched([cast.hall, cast.annex], at=timezone.now()) == {cast.hall.id, cast.annex.id}
    assert RELOADED.search(luis.page)
    luis.follow("Let it stand still")
    assert luis.path == "/watch?all=&still=yes"
    assert not RELOADED.search(luis.page)
    assert RELOADED.search(luis.follow("Let it load again by itself").page)
    flag = flagged(cast)
    for path in (f"/watch?room={cast.hall.id}", f"/watch?before={flag.post_id}"):
        assert not RELOADED.search(luis.open(path).page)
        assert luis.sees("Without JavaScript this page does not load again by itself")


def test_whoever_is_on_for_one_event_has_its_rooms_before_them_and_finds_the_others(
    cast: Cast, luis: Browser
) -> None:
    night = plan_convening(
        "Night School",
        slug="night",
        starts_at=cast.at,
        ends_at=cast.later(hours=9),
        by=cast.amara.staff,
        at=cast.at,
    )
    elsewhere = session_in(night, "Kitchen", cast.amara, cast.at)
    guest = participant(night, "Lin", "lin@example.org", cast.at)
    cast.say(guest, "Who brings bread?", room=elsewhere)
    cast.say(cast.tomas, "Shall we begin?")

    def both() -> tuple[bool, bool]:
        return luis.sees("Who brings bread?"), luis.sees("Shall we begin?")

    luis.open("/watch")
    assert both() == (True, True), "a shift for every event"
    assert not luis.sees("Rooms of your shift")
    Shift.objects.filter(staff=cast.luis.staff).update(convening=cast.convening.id)
    luis.open("/watch?all")
    assert both() == (False, True)
    assert luis.sees("Rooms of your shift")
    luis.follow("All events: 2 rooms more")
    assert luis.path == "/watch?all=&events=all"
    assert both() == (True, True)
    luis.follow("Kitchen").follow("All rooms")
    assert luis.path == "/watch?all=&events=all"
    luis.follow("Only the rooms of your shift")
    assert both() == (False, True)
    luis.open(f"/watch?room={elsewhere.id}")
    assert both() == (True, False), "a link leads to any room"
    Shift.objects.filter(staff=cast.luis.staff).update(convening=uuid4())
    luis.open("/watch")
    assert both() == (True, True), "where nothing of theirs is open"
    Shift.objects.filter(staff=cast.luis.staff).delete()
    luis.open("/watch")
    assert both() == (True, True), "without a shift"


def test_whoever_watches_is_told_that_news_come_late(
    cast: Cast, noor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "What happens in the rooms arrives a second late at the moment."
    assert not noor.open("/watch").sees(words)
    monkeypatch.setattr(relay.line, "broken_since", 1.0)
    assert noor.open("/watch").sees(words)
    assert words in part(noor, "/watch", "watch-rooms")


def test_a_machines_item_says_why_it_asks_before_it_is_opened(cast: Cast, amara: Browser) -> None:
    make_screener(cast.hall.convening_id)
    cast.say(cast.karim, "I am going to kill you")
    page = part(amara, "/watch", "watch-flags")
    assert "somebody is threatened" in page
    assert "kill" not in page
    assert "What the rank means" in page


def test_who_floods_with_flags_is_folded_beneath_the_others_and_never_refused(
    cast: Cast, amara: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(items, "SHOWN", 15)  # all of them at once
    forget_pace()
    posts = [
        cast.say(cast.karim, f"words {number}", at=cast.later(seconds=10 * number))
        for number in range(FLAGS + 3)
    ]
    for post in posts:
        flag_post(post, words="", by=cast.tomas.person_id, by_staff=False, at=cast.at)
    last = flag_post(
        cast.say(cast.tomas, "the one that matters"),
        words="",
        by=cast.sara.person_id,
        by_staff=False,
        at=cast.later(seconds=5),
    )
    assert Flag.objects.filter(folded=True).count() == 3
    page = amara.open("/watch").page
    ids = re.findall(r'id="flag-([0-9a-f-]{36})"', page)
    assert len(ids) == len(posts) + 1
    assert ids.index(str(last.id)) == FLAGS
    assert amara.sees("From people who flag very much just now; nothing is passed over.")


def test_what_screening_asks_about_is_covered_among_the_posts_too(
    cast: Cast, amara: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what has no room among the items: in a raid they are as many as a page may hold, and the rest is counted."""
    monkeypatch.setattr(items, "SHOWN", 2)
    make_screener(cast.hall.convening_id)
    for who in (cast.karim, cast.tomas, cast.sara):
        cast.say(who, "I am going to kill you")
    feed = part(amara, "/watch", "watch-now")
    assert feed.index("<details") < feed.index("kill") < feed.index("</details>")
    assert feed.count("<details") == feed.count("kill you") == 3
    for path in ("/watch", "/"):
        amara.open(path)
        assert amara.sees("1 more, as pressing, comes up")
        assert amara.sees("Screening asks for a look at 3 things.") or path == "/"
    assert part(amara, "/watch", "watch-flags").count("<article") == 2
    for _ in range(2):
        flagged(cast)
    page = part(amara, "/watch", "watch-flags")
    assert page.count("<article") == 2
    assert "2 more, as pressing" in page
    assert "1 more waits behind these" in page


def test_a_part_that_is_asked_for_with_every_few_posts_costs_little_and_writes_nothing(
    cast: Cast, amara: Browser
) -> None:
    cast.say(cast.karim, "hello")
    amara.open("/watch")
    with CaptureQueriesContext(connection) as asked:
        assert "hello" in part(amara, "/watch", "watch-now")
    said = [one["sql"] for one in asked]
    assert not [one for one in said if one.startswith(("INSERT", "UPDATE", "DELETE"))], said
    assert len(said) <= 12, "\n".join(said)
