"""The watch: every open room, newest first; what was flagged is covered until somebody asks."""

from __future__ import annotations

from concord.ledger.models import Entry
from concord.monitoring.models import Flag
from concord.spaces.models import Brake
from tests.browsing import Browser
from tests.cast import Cast, flagged

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


def test_markup_in_a_post_stays_text(cast: Cast, amara: Browser) -> None:
    cast.say(cast.tomas, "<b>bold</b> & <script>alert(1)</script>")
    amara.open("/watch")
    assert "<script>alert" not in amara.page
    assert amara.sees("<b>bold</b> & <script>alert(1)</script>")


def test_with_no_room_open_it_says_when_rooms_appear(cast: Cast, amara: Browser) -> None:
    from concord.convenings.models import Convening, Session, State

    Session.objects.update(state=State.ENDED)
    Convening.objects.update(state=State.ENDED)
    assert amara.open("/watch").sees("Rooms appear here when a session opens.")
