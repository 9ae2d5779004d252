"""A host's lists: draft, counting along, live, paused; no list that floods."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from concord.ledger.models import Entry
from concord.monitoring.bring_list import (
    MOST_LISTS,
    OnlyTheTeamKeepsLists,
    TooManyLists,
    bring_list,
)
from concord.monitoring.drop_list import ListIsInUse, drop_list
from concord.monitoring.export_list import export_list
from concord.monitoring.models import Flag, TermList
from concord.monitoring.pace import forget_pace
from concord.monitoring.pause_list import brake_floods, pause_list
from concord.monitoring.put_live import NeedsRehearsal, NeedsShadow, WouldFlood, put_live
from concord.monitoring.rehearse_list import rehearse_list
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.monitoring.shadow_list import shadow_list
from tests.browsing import at_the_desk
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _afresh():
    forget_screeners()
    forget_pace()
    yield
    forget_screeners()
    forget_pace()


@pytest.fixture
def kept(cast: Cast) -> TermList:
    return bring_list(
        cast.convening,
        name="Ours",
        language="en",
        blob=b"term\nbadger\n",
        by=cast.amara.staff,
        at=cast.at,
    )


def say(cast: Cast, text: str) -> None:
    make_screener(cast.convening.id)
    cast.say(cast.karim, text)


@pytest.mark.clauses("R-MONITOR-1")
def test_a_list_asks_nobody_before_it_was_rehearsed_counted_along_and_was_put_live(cast, kept):
    say(cast, "you badger")
    with pytest.raises(NeedsRehearsal):
        put_live(kept, by=cast.amara.staff, at=cast.at)
    found = rehearse_list(kept, by=cast.amara.staff, at=cast.at)
    assert (found.messages, found.hits) == (1, 1)
    with pytest.raises(NeedsShadow):
        put_live(kept, by=cast.amara.staff, at=cast.at)
    shadow_list(kept, by=cast.amara.staff, at=cast.at)
    say(cast, "you badger again")
    assert not Flag.objects.exists()
    kept.refresh_from_db()
    assert kept.counted == 1
    put_live(kept, by=cast.amara.staff, at=cast.at)
    put_live(kept, by=cast.amara.staff, at=cast.at)
    say(cast, "still a b4dger")
    assert Flag.objects.get().by_machine
    pause_list(kept, by=cast.amara.staff, at=cast.later(minutes=1))
    say(cast, "badger badger")
    assert Flag.objects.get().count == 1
    shadow_list(kept, by=cast.amara.staff, at=cast.later(minutes=2))
    with pytest.raises(NeedsRehearsal):
        put_live(kept, by=cast.amara.staff, at=cast.later(minutes=2))
    pause_list(kept, by=cast.amara.staff, at=cast.later(minutes=3))
    rehearse_list(kept, by=cast.amara.staff, at=cast.later(minutes=4))
    with pytest.raises(NeedsShadow):
        put_live(kept, by=cast.amara.staff, at=cast.later(minutes=5))


def test_a_list_that_would_flood_does_not_go_live(cast, kept):
    for number in range(45):
        cast.say(cast.karim, f"badger {number}")
    rehearse_list(kept, by=cast.amara.staff, at=cast.at)
    with pytest.raises(WouldFlood):
        put_live(kept, by=cast.amara.staff, at=cast.at)


def test_a_live_list_that_floods_is_paused_by_itself_and_needs_another_rehearsal(cast, kept):
    rehearse_list(kept, by=cast.amara.staff, at=cast.at)
    shadow_list(kept, by=cast.amara.staff, at=cast.at)
    put_live(kept, by=cast.amara.staff, at=cast.at)
    for number in range(40):
        say(cast, f"nothing {number}" if number % 4 else f"badger {number}")
    assert brake_floods(None, at=cast.later(minutes=1)) == 1
    kept.refresh_from_db()
    assert (kept.state, kept.flooded) == ("paused", True)
    assert brake_floods(None, at=cast.later(minutes=2)) == 0
    with pytest.raises(NeedsRehearsal):
        put_live(kept, by=cast.amara.staff, at=cast.later(minutes=3))


def test_nobody_but_the_team_keeps_lists(cast, kept):
    for verb in (rehearse_list, put_live, pause_list, shadow_list, drop_list, export_list):
        with pytest.raises(OnlyTheTeamKeepsLists):
            verb(kept, by=cast.ines.staff, at=cast.at)
    with pytest.raises(OnlyTheTeamKeepsLists):
        bring_list(
            cast.convening, name="x", language="en", blob=b"badger", by=cast.ines.staff, at=cast.at
        )


def test_where_no_more_lists_fit_one_is_taken_away_and_never_one_that_is_in_use(cast, kept):
    who = {"by": cast.amara.staff, "at": cast.at}
    for number in range(MOST_LISTS - 1):
        bring_list(cast.convening, name=f"{number}", language="en", blob=b"badger", **who)
    with pytest.raises(TooManyLists):
        bring_list(cast.convening, name="Ours again", language="en", blob=b"badgers", **who)
    shadow_list(kept, **who)
    with pytest.raises(ListIsInUse):
        drop_list(kept, **who)
    pause_list(kept, **who)
    drop_list(kept, **who)
    drop_list(kept, **who)
    assert not TermList.objects.filter(id=kept.id).exists()
    assert Entry.objects.filter(verb="monitoring.drop_list", subject=kept.id).count() == 1
    bring_list(cast.convening, name="Ours again", language="en", blob=b"badgers", **who)


def test_at_the_desk_a_list_is_brought_rehearsed_and_put_live_without_a_script(cast):
    cast.say(cast.karim, "what a badger")
    amara = at_the_desk(cast.amara)
    address = reverse("screening", args=[cast.convening.slug], urlconf="concord.site.urls_desk")
    amara.open(address)
    bad = SimpleUploadedFile("x.csv", "été\n".encode("latin-1"))
    amara.press("Keep it as a draft", name="Ours", language="en", file=bad)
    assert amara.sees("not in UTF-8"), (amara.status, amara.words)
    good = SimpleUploadedFile("x.csv", b"term\nbadger\n")
    amara.press("Keep it as a draft", name="Ours", language="en", file=good)
    assert amara.sees("See first what it would have flagged")
    assert not amara.sees("Put it live")
    amara.press("Let it count along").press("Put it live")
    assert amara.sees("First see what it would have flagged")
    amara.press("What would it have flagged in the last 1,000 messages?")
    assert amara.sees("Would have flagged 1 / 1")
    amara.press("Put it live")
    assert amara.sees("It is live")
    amara.open(address).press("What is seen in it?", text="such a badger")
    assert amara.sees("a word from one of your lists"), "a text is tried without the event's lists"
    amara.open(address).press("What is seen in it?", text="All women are scum")
    assert amara.sees("You would be asked to look.")
    amara.open(reverse("screening_words", args=["en"], urlconf="concord.site.urls_desk"))
    assert not amara.sees("vermin")
    amara.follow("Show the words all the same")
    assert amara.sees("vermin")
    away = reverse("term_list", args=[TermList.objects.get().id], urlconf="concord.site.urls_desk")
    amara.open(away)
    assert not amara.sees("Erase this list")
    amara.follow("as a file")
    assert "badger" in amara.words
    took = Entry.objects.get(verb="monitoring.export_list")
    assert f"copy {took.facts['number']}" in amara.words, "each copy is somebody's"
    assert (took.actor, str(took.subject)) == (cast.amara.staff.person_id, away.split("/")[-1])
    amara.open(away)
    amara.press("Pause it").press("Erase this list")
    assert amara.sees("The list is gone.")
    assert amara.open(away).status == 404
    ines = at_the_desk(cast.ines)
    assert ines.open(address).status == ines.open(away + "/file").status == 404
