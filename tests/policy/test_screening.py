"""Staff watch over the rooms, and a machine reads along: it asks people to look, and does nothing itself."""

from __future__ import annotations

import pytest

from concord.cases.models import Case
from concord.convenings.rename import rename
from concord.desk.waiting import waiting_for
from concord.live import relay
from concord.monitoring import flag_by_machine, screen_post
from concord.monitoring.alarm_unreviewed import alarm_unreviewed
from concord.monitoring.bring_list import OnlyTheTeamKeepsLists
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.let_name_pass import (
    NoNameInIt,
    ask_about_it_again,
    brake_names,
    let_name_pass,
)
from concord.monitoring.machine_queue import machine_queue
from concord.monitoring.models import Flag, PassingName, ProtectedName, RuleTally, Unscreened
from concord.monitoring.pace import BURST, forget_pace
from concord.monitoring.protect_name import TooCommonToProtect, names_passing, protect_name
from concord.monitoring.read_flag import read_flag, read_messages
from concord.monitoring.screen_later import screen_later
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.monitoring.seen import MACHINE
from concord.monitoring.tallies import count_asked, tallies_of
from concord.spaces.models import Post, Room
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, participant

HOSTILE = "All immigrants are vermin and should be shot"
MILD = "Women are so stupid"
THREAT = "I will kill you"


@pytest.fixture(autouse=True)
def _afresh():
    forget_screeners()
    forget_pace()
    yield
    forget_screeners()
    forget_pace()


@pytest.fixture
def screened(cast: Cast) -> Cast:
    """The stage, with a screener that is made."""
    make_screener(cast.convening.id)
    return cast


@pytest.mark.clauses("R-MONITOR-1", "R-FLAG-1")
def test_a_hostile_post_is_put_before_a_person_and_stands_until_they_decide(screened):
    cast = screened
    post = cast.say(cast.karim, HOSTILE)
    flag = Flag.objects.first()
    assert flag is not None, "nobody is asked"
    assert flag.by_machine
    assert flag.post == post
    seen = read_flag(flag, keyring=cast.amara.keyring, at=cast.at)
    assert seen.by == MACHINE
    assert "".join(piece for piece, meant in seen.marked if meant)
    assert seen.reasons
    post.refresh_from_db()
    assert (post.text, post.removed) == (HOSTILE, False)


@pytest.mark.clauses("R-MONITOR-1")
def test_whoever_names_praises_objects_or_denies_is_left_alone(screened):
    cast = screened
    for text in [
        "I am an immigrant",
        "Immigrants are welcome here",
        'Saying "immigrants are vermin" is racist',
        "Immigrants are not vermin",
    ]:
        cast.say(cast.sara, text)
    assert not Flag.objects.exists()


@pytest.mark.clauses("R-BOTH-1", "R-MONITOR-1")
def test_machine_and_people_meet_in_one_queue_and_are_told_apart(screened):
    cast = screened
    cast.say(cast.karim, HOSTILE)
    waiting = waiting_for(cast.amara.staff, at=cast.at)
    assert [flag.by_machine for flag in waiting.machine.put_forward] == [True]
    assert waiting.flags == []


@pytest.mark.clauses("R-MONITOR-1")
def test_one_persons_posts_are_one_item_with_a_count_and_each_is_kept(screened):
    cast = screened
    for number in range(5):
        cast.say(cast.karim, f"{HOSTILE} {number}")
    [flag] = Flag.objects.all()
    assert flag.count == 5
    messages = read_messages(flag, keyring=cast.amara.keyring)
    assert {one.seen.excerpt for one in messages.read} == {f"{HOSTILE} {n}" for n in range(5)}
    assert messages.more == 0


@pytest.mark.clauses("R-MONITOR-1", "R-FLAG-1", "V-THREAT-1")
def test_a_threat_that_joins_while_somebody_reads_is_not_answered_unread(screened):
    cast = screened
    cast.say(cast.karim, MILD)
    flag = Flag.objects.get()
    amara = at_the_desk(cast.amara).open("/watch")
    cast.say(cast.karim, THREAT, at=cast.later(seconds=30))
    amara.press("No action needed", reason="Rude, and no more.")
    assert amara.status == 409
    assert amara.sees("Another message of this person has come in")
    assert amara.sees("Rude, and no more.")
    assert amara.page.index(THREAT) < amara.page.index(MILD), "the threat stands first"
    assert amara.open(amara.path).path == f"/flags/{flag.id}", "the page can be come back to"
    flag.refresh_from_db()
    assert flag.credible is None
    amara.press("It needs action", reason="He says that he kills somebody.")
    case = Case.objects.get()
    amara.open(f"/cases/{case.id}")
    assert amara.page.index(THREAT) < amara.page.index(MILD)


@pytest.mark.clauses("R-MONITOR-1", "V-THREAT-1")
def test_a_threat_in_a_flood_is_kept_and_stands_first_however_late_it_comes(screened, monkeypatch):
    cast = screened
    monkeypatch.setattr(flag_by_machine, "MANY", 2)
    for number in range(3):
        cast.say(cast.karim, f"{MILD} {number}")
    flag = Flag.objects.get()
    alarm_unreviewed(None, at=cast.later(hours=13))
    flag.refresh_from_db()
    assert flag.alarmed_at, "it waited too long"
    cast.say(cast.karim, THREAT, at=cast.later(hours=13))
    assert alarm_unreviewed(None, at=cast.later(hours=13, seconds=15)) == 1, "it rings again"
    flag.refresh_from_db()
    words = at_the_desk(cast.amara).open(f"/flags/{flag.id}/words")
    assert words.page.index(THREAT) < words.page.index(MILD)
    assert words.sees("And 1 more message")
    assert words.sees(f"rank {flag.rank}")
    assert f'id="shown-{flag.id}" value="4"' in words.page, "what was read can be answered"


@pytest.mark.clauses("R-MONITOR-1")
def test_a_dismissal_counts_for_its_rule_and_the_next_post_is_a_new_item(screened):
    cast = screened
    cast.say(cast.karim, HOSTILE)
    flag = Flag.objects.get()
    judge_credible(
        flag,
        credible=False,
        reason="A quotation from a play.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    assert set(RuleTally.objects.values_list("asked", "dismissed")) == {(1, 1)}
    rule = RuleTally.objects.values_list("rule", flat=True)[0]
    for _ in range(5):
        count_asked(cast.convening.id, [rule], at=cast.at)
    told = [tallies_of(cast.convening.id, at=cast.later(days=day)) for day in (0, 1)]
    assert told == [[], [(rule, 5, 0)]], "no number tells what became of one post"
    cast.say(cast.karim, HOSTILE + " again")
    assert Flag.objects.count() == 2


@pytest.mark.clauses("R-MONITOR-1")
def test_a_screener_that_fails_loses_no_post_and_the_post_is_screened_later(screened, monkeypatch):
    cast = screened

    def fails(*args, **kwargs):
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(screen_post, "flag_by_machine", fails)
        post = cast.say(cast.karim, HOSTILE)
    assert Post.objects.filter(id=post.id, text=HOSTILE).exists()
    assert Unscreened.objects.get().post == post
    assert screen_later(None, at=cast.at) == 1
    assert Flag.objects.get().post == post
    assert not Unscreened.objects.exists()
    assert screen_later(None, at=cast.at) == 0


def test_before_the_screener_is_made_posts_wait_for_it_and_nobody_waits(cast):
    post = cast.say(cast.karim, HOSTILE)
    assert Unscreened.objects.get().post == post
    screen_later(None, at=cast.at)
    assert Flag.objects.get().by_machine


@pytest.mark.clauses("R-MONITOR-1")
def test_nobody_is_flooded_and_nothing_is_dropped(screened, settings, monkeypatch):
    cast = screened
    settings.CONCORD_SCREEN_BUDGET = 1
    cast.say(cast.karim, "Women are disgusting")
    cast.say(cast.tomas, "Women are so stupid")
    cast.say(cast.sara, "I will kill you")
    queue = machine_queue(cast.amara.staff, at=cast.at)
    assert (len(queue.put_forward), queue.waiting) == (2, 1)
    assert queue.put_forward[0].post.registration == cast.sara
    everything = machine_queue(cast.amara.staff, at=cast.at, everything=True)
    assert (len(everything.put_forward), everything.waiting) == (3, 0)
    amara = at_the_desk(cast.amara).open(f"/watch?room={cast.hall.id}")
    amara.follow("1 more, of lower rank")
    assert amara.path == f"/watch?room={cast.hall.id}&all=yes"
    assert amara.page.count("<article") == 3
    assert not amara.sees("More wait behind these")
    monkeypatch.setattr("concord.monitoring.machine_queue.COUNTED", 2)
    monkeypatch.setattr("concord.monitoring.items.SHOWN", 2)
    assert amara.open("/watch?all").page.count("<article") == 2
    assert amara.sees("More wait behind these, and come up as they are answered.")
    monkeypatch.setattr("concord.desk.templatetags.desk.COUNTED", 2)
    assert amara.open("/").sees("1 more, of lower rank")


@pytest.mark.clauses("R-MONITOR-1")
@pytest.mark.parametrize("heard", [True, False])
def test_a_flood_that_is_spread_over_processes_is_seen_whole(screened, heard):
    cast = screened
    for number in range(BURST - 1):
        cast.say(cast.karim, f"look at me, number {number}")
    cast.say(cast.tomas, "Come over to my own channel, all of you", room=cast.hall)
    cast.say(cast.tomas, "come over to  my own channel, all of you", room=cast.annex)
    forget_pace()  # this process has seen none of it: it was written before another one
    if heard:
        relay.hear(relay.Word("room", [str(cast.hall.id), "1", str(BURST)]))
        relay.hear(relay.Word("room", [str(cast.annex.id), "1"]))
    cast.say(cast.karim, "look at me, the last")
    lobby = Room.objects.get(convening=cast.convening, session=None)
    cast.say(cast.tomas, "Come over to my own channel, all of you!", room=lobby)
    asked = set(Flag.objects.values_list("post__registration", "reasons__0"))
    flood = {(cast.karim.id, "burst"), (cast.tomas.id, "many rooms")}
    assert asked == (flood if heard else set())


def test_what_is_heard_of_twice_or_screened_late_is_no_flood(screened):
    cast = screened
    for number in range(BURST // 2):
        cast.say(cast.karim, f"number {number}")
    relay.hear(relay.Word("room", [str(cast.hall.id), "1", str(BURST // 2)]))
    for number in range(BURST // 2 - 1):
        cast.say(cast.karim, f"another {number}")
    forget_screeners()
    for number in range(BURST):
        cast.say(cast.tomas, f"slowly, {number}", at=cast.later(minutes=number))
    assert Unscreened.objects.count() == BURST
    screen_later(None, at=cast.later(hours=1))
    assert not Flag.objects.exists()


@pytest.mark.clauses("R-MONITOR-1", "K-CONF-1")
def test_whoever_is_close_to_the_writer_never_sees_the_item(screened):
    cast = screened
    cast.say(cast.karim, HOSTILE)
    assert machine_queue(cast.ravi.staff, at=cast.at).put_forward == []
    assert machine_queue(cast.ines.staff, at=cast.at).put_forward == []


@pytest.mark.clauses("V-OUTING-1", "V-MISGENDER-1")
def test_a_name_somebody_wants_kept_out_is_seen_and_written_nowhere(screened):
    cast = screened
    protect_name(cast.sara, name="Zephyrine Quill", at=cast.at)
    make_screener(cast.convening.id)
    assert "zephyrine" not in str(list(ProtectedName.objects.values())).casefold()
    cast.say(cast.sara, "once I was called Zephyrine Quill")
    assert not Flag.objects.exists()
    cast.say(cast.karim, "she used to be ZÉPHYRINE  quill, you know")
    seen = read_flag(Flag.objects.get(), keyring=cast.amara.keyring, at=cast.at)
    assert [one["name"] for one in seen.signals] == ["protected name"]


@pytest.mark.clauses("V-OUTING-1", "V-MISGENDER-1", "R-MONITOR-1")
def test_a_former_name_that_somebody_else_wears_is_asked_about_once_whatever_they_write(screened):
    cast = screened
    protect_name(cast.sara, name="Zephyrine Quill", at=cast.at)
    make_screener(cast.convening.id)
    worn = rename(cast.karim, display_name="Zephyrine Quill", by=cast.karim.person_id, at=cast.at)
    cast.say(worn, "hi")
    flag = Flag.objects.get()
    amara = at_the_desk(cast.amara).open(f"/flags/{flag.id}")
    assert amara.sees("the name that somebody writes under")
    amara.press("Do not ask about “Zephyrine Quill” again")
    assert PassingName.objects.now(cast.convening.id).count() == 1
    dismissed = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=1)}
    judge_credible(flag, credible=False, reason="It is his name as well.", **dismissed)
    cast.say(worn, "hello", at=cast.later(minutes=2))
    assert Flag.objects.count() == 1, "asked about each post"
    worn = rename(worn, display_name="Women are scum", by=worn.person_id, at=cast.later(minutes=3))
    cast.say(worn, "good morning", at=cast.later(minutes=4))
    assert Flag.objects.count() == 2, "an insult as a name asks nobody"


@pytest.mark.clauses("R-MONITOR-1")
def test_a_room_that_says_thank_you_is_no_flood_and_a_call_that_is_passed_on_is(screened):
    cast = screened
    people = [
        participant(cast.convening, f"P{number}", f"p{number}@example.org", cast.at)
        for number in range(6)
    ]
    for one in people:
        cast.say(one, "Thank you so very much everyone!")
    assert not Flag.objects.exists()
    for one in people[:4]:
        cast.say(one, "Everybody come to bad.example now")
    assert Flag.objects.count() == 1


@pytest.mark.clauses("V-STALK-1", "R-MONITOR-1")
def test_people_in_a_room_are_told_that_it_is_read(cast, mailbox):
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert sara.sees("A program reads along too")


@pytest.mark.clauses("V-CONFID-1")
def test_a_number_is_asked_about_before_it_is_sent_and_one_press_sends_it(cast, mailbox):
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    text = "Her number is +44 7911 123456, call her"
    sara.press("Send", text=text)
    assert sara.status == 409
    assert sara.sees("Is it yours to share?")
    assert sara.sees(text)
    assert not Post.objects.exists()
    sara.press("Send it anyway")
    assert Post.objects.get().text == text


@pytest.mark.clauses("V-OUTING-1")
def test_somebody_asks_from_the_room_that_a_name_be_kept_out_and_nobody_can_read_it(cast, mailbox):
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.follow("Keep a name out").press("Keep it out", name="Zephyrine Quill")
    assert sara.sees("1 is kept out")
    assert not sara.sees("Zephyrine")
    sara.press("Erase them all")
    assert not ProtectedName.objects.exists()


@pytest.mark.parametrize("word", ["the", "YOU", "que", "هذا", "and the"])
def test_no_word_that_stands_in_almost_every_message_is_kept_out(cast, word):
    with pytest.raises(TooCommonToProtect):
        protect_name(cast.sara, name=word, at=cast.at)
    assert not ProtectedName.objects.exists()
    protect_name(cast.sara, name="The Quill", at=cast.at)


def crowd(cast: Cast, *texts: str, people: int = 6) -> None:
    """Forty messages, those with the texts by as many people as are named."""
    for number in range(40 - people * len(texts)):
        cast.say(cast.tomas, f"{number}", at=cast.later(minutes=number))
    make_screener(cast.convening.id)
    for number in range(people):
        one = participant(cast.convening, f"P{number}", f"p{number}@example.org", cast.at)
        for text in texts:
            cast.say(one, text, at=cast.later(minutes=50 + number))


@pytest.mark.clauses("R-MONITOR-1")
def test_everyday_words_that_somebody_protects_bury_nobodys_queue(screened):
    cast = screened
    for word in ("session", "ballot"):
        protect_name(cast.sara, name=word, at=cast.at)
    protect_name(cast.karim, name="Zephyrine Quill", at=cast.at)
    crowd(cast, "when is the next session?", "a ballot is lost")
    asked = Flag.objects.count()
    assert brake_names(None, at=cast.later(hours=1)) == 2
    assert brake_names(None, at=cast.later(hours=1, minutes=1)) == 0
    assert (names_passing(cast.sara), names_passing(cast.karim)) == (2, 0)
    make_screener(cast.convening.id)
    cast.say(cast.tomas, "session, ballot", at=cast.later(hours=2))
    assert Flag.objects.count() == asked
    cast.say(cast.tomas, "Zephyrine Quill", at=cast.later(hours=2))
    assert Flag.objects.count() == asked + 1


@pytest.mark.clauses("V-OUTING-1")
def test_a_few_people_who_call_somebody_by_a_name_switch_nothing_off_by_shouting_it(screened):
    cast = screened
    protect_name(cast.sara, name="Zephyrine", at=cast.at)
    crowd(cast, "Zephyrine", "oh Zephyrine", "hello Zephyrine", people=4)
    assert Flag.objects.exists()
    assert brake_names(None, at=cast.later(hours=1)) == 0


@pytest.mark.clauses("V-OUTING-1")
def test_a_name_about_which_somebody_had_to_act_is_not_switched_off_by_any_crowd(screened):
    cast = screened
    protect_name(cast.sara, name="Zephyrine", at=cast.at)
    crowd(cast, "Zephyrine")
    acted = Flag.objects.all()[0]
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.later(minutes=59)}
    judge_credible(acted, credible=True, reason="They out her.", **who)
    assert brake_names(None, at=cast.later(hours=1)) == 0


@pytest.mark.clauses("R-MONITOR-1", "V-OUTING-1")
def test_from_the_flag_staff_let_a_word_pass_and_learn_of_nobody_and_put_it_back(screened):
    cast = screened
    protect_name(cast.sara, name="session", at=cast.at)
    make_screener(cast.convening.id)
    protect_name(cast.tomas, name="Zephyrine", at=cast.at)
    make_screener(cast.convening.id)
    cast.say(cast.karim, "when is the next session?")
    cast.say(cast.karim, "Zephyrine knows")
    [flag] = Flag.objects.all()
    amara = at_the_desk(cast.amara)
    amara.open(f"/flags/{flag.id}").press("Do not ask about “session” again")
    assert not amara.sees("Sara")
    amara.press("Do not ask about “session” again")
    [passing] = PassingName.objects.now(cast.convening.id)
    told = amara.open(f"/events/{cast.convening.slug}/screening")
    assert told.sees("Names that nobody is asked about")
    assert not told.sees("Sara")
    make_screener(cast.convening.id)
    cast.say(cast.tomas, "the session is over")
    assert Flag.objects.count() == 1
    cast.say(cast.sara, "ask Zephyrine")
    assert Flag.objects.count() == 2, "another name passes with it"
    told.press("Ask about it again")
    ask_about_it_again(passing, by=cast.amara.staff, at=cast.later(minutes=1))
    make_screener(cast.convening.id)
    cast.say(cast.tomas, "no, the session goes on")
    assert Flag.objects.count() == 3
    with pytest.raises(OnlyTheTeamKeepsLists):
        ask_about_it_again(passing, by=cast.ines.staff, at=cast.at)


def test_only_what_asks_because_of_a_name_can_be_let_pass_and_only_by_the_team(screened):
    cast = screened
    cast.say(cast.karim, HOSTILE)
    flag = Flag.objects.get()
    with pytest.raises(NoNameInIt):
        let_name_pass(
            flag, said="vermin", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
        )
    with pytest.raises(OnlyTheTeamKeepsLists):
        let_name_pass(
            flag, said="vermin", by=cast.ines.staff, keyring=cast.amara.keyring, at=cast.at
        )
    assert not PassingName.objects.exists()
