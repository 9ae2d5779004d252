"""The policy is public, in force from a day on, acknowledged by everyone, and never rewritten."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from concord.cases.clocks import CONTACT, ENDLESS_MONTHS
from concord.cases.merge_cases import merge_cases
from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.tests.team import Mailbox
from concord.policy import first
from concord.policy.models import Text, Version
from concord.policy.publish_version import NeedsCredit, WouldReachBack, publish_version
from concord.policy.violations import GROUNDS
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.site.cli import main
from concord.site.policy_file import the_first, written
from concord.spaces.models import Post
from concord.spaces.streams import authorise_room
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import Cast, flagged


def publish(cast: Cast, *, from_at, credit: str = first.CREDIT, title: str = "Second policy"):
    text = {**first.first_text(), "title": title}
    return publish_version(
        texts={"en": text}, effective_from=from_at, credit=credit, by=cast.amara.staff, at=cast.at
    )


@pytest.mark.clauses("P-ABIDE-1")
def test_nobody_enters_by_any_door_before_they_said_yes(cast: Cast, mailbox: Mailbox) -> None:
    cast.say(cast.tomas, "Inside")
    sara = by_mail("sara@example.org", mailbox)
    cast.sara.acknowledged_version = None
    cast.sara.save()
    room = f"/r/{cast.hall.id}"
    assert "/policy" in sara.open(room).path
    assert "/policy" in sara.open(f"/s/{cast.hall.session_id}/guidelines").path
    sara.post(f"{room}/posts", text="I write all the same")
    assert not Post.objects.filter(text="I write all the same").exists()
    assert authorise_room(sara.session_key, "localhost", [cast.hall.stream]) is None
    sara.open(room).press("Go on")
    assert not sara.sees("Inside")
    sara.press("Go on", agreed="on").press("Enter", read="on")
    assert sara.sees("Inside")
    cast.sara.refresh_from_db()
    assert cast.sara.acknowledged_version == 1


@pytest.mark.clauses("P-ABIDE-1", "P-EFFECT-1")
def test_a_new_version_is_acknowledged_before_the_next_entry_from_its_day_on(
    cast: Cast, mailbox: Mailbox
) -> None:
    sara = by_mail("sara@example.org", mailbox)
    sara.open(f"/r/{cast.hall.id}").press("Enter", read="on")
    publish(cast, from_at=cast.at + timedelta(microseconds=1))
    sara.open(f"/r/{cast.hall.id}")
    assert "/policy" in sara.path
    assert sara.sees("Second policy")
    sara.press("Go on", agreed="on")
    assert sara.path == f"/r/{cast.hall.id}"


@pytest.mark.clauses("P-ABIDE-1")
def test_staff_say_yes_to_it_as_well(cast: Cast) -> None:
    cast.noor.staff.acknowledged_version = None
    cast.noor.staff.save()
    noor = at_the_desk(cast.noor).open("/policy")
    noor.press("Confirm this version", agreed="on", version="1")
    cast.noor.staff.refresh_from_db()
    assert cast.noor.staff.acknowledged_version == 1


def judged(cast: Cast, flag: Flag, *, at: datetime | None = None) -> Flag:
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": at or cast.at}
    return judge_credible(flag, credible=True, reason="It urges her to hurt herself.", **who)


@pytest.mark.clauses("P-EFFECT-1")
def test_conduct_is_judged_by_the_version_of_its_day(cast: Cast) -> None:
    post = cast.say(cast.karim, "Nobody would miss you")
    publish(cast, from_at=cast.later(hours=1))
    at = cast.later(hours=2)
    flag = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=at)
    flag = judged(cast, flag, at=at)
    case = take_up(flag, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)
    assert case.happened_under == 1
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    assert amara.sees("Version 1 of the policy holds for what happened.")


@pytest.mark.clauses("P-EFFECT-1")
def test_of_what_is_told_later_a_person_says_the_day_and_nobody_guesses_it(cast: Cast) -> None:
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    report = receive_report(Told("It was last year."), nonce=b"7" * 16, at=cast.at).report
    case = take_up(report, **who)
    assert case.happened_under is None
    page = f"/cases/{case.id}"
    amara = at_the_desk(cast.amara).open(page)
    assert amara.sees("Nobody has said when it happened")
    amara.open(f"{page}/kind")
    for wrong in ("2001-01-01", "2100-01-01"):
        amara.press("Keep it", look=False, happened_on=wrong)
        assert amara.status == 409
        amara.open(f"{page}/kind")
    amara.press("Keep it", happened_on=f"{cast.at:%Y-%m-%d}")
    assert amara.open(page).sees("Version 1 of the policy holds for what happened.")
    amara.open(f"{page}/kind").press("Keep it", kinds=["retal"])
    case.refresh_from_db()
    assert case.happened_under == 1
    later = take_up(judged(cast, flagged(cast)), **who)
    Case.objects.filter(id=later.id).update(happened_under=2)
    assert merge_cases(case, other=later, **who).happened_under is None


@pytest.mark.clauses("P-EFFECT-1")
def test_no_version_reaches_back(cast: Cast) -> None:
    with pytest.raises(WouldReachBack):
        publish(cast, from_at=cast.at - timedelta(days=1))
    page = Browser().open("/policy")
    assert page.sees("In force from")
    assert page.sees("Version 1")


@pytest.mark.clauses("P-UPDATE-1")
def test_what_was_published_stays_readable_to_the_byte(cast: Cast) -> None:
    paths = ("/policy/1", "/policy/1/en.txt")
    before = [Browser().client.get(path).content for path in paths]
    publish(cast, from_at=cast.at + timedelta(microseconds=1))
    assert Browser().open("/policy").sees("Second policy")
    assert [Browser().client.get(path).content for path in paths] == before
    text = Text.objects.get(version=1)
    assert hashlib.sha256(before[1]).hexdigest() == text.digest
    assert Browser().open("/policy/1").sees(text.digest)
    text.title = "Rewritten"
    with pytest.raises(TypeError):
        text.save()


@pytest.mark.clauses("P-UPDATE-1", "P-EFFECT-1")
def test_a_host_changes_it_in_a_file_sees_what_changes_and_publishes_it(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.toml"
    assert main(["policy", "--print"]) == 0
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["policy", "--compare", str(file)]) == 0
    assert capsys.readouterr().out == "Nothing changes.\n"
    french = '[[text]]\nlanguage = "fr"\ntitle = "Règles"\n[[text.section]]\nheading = "Ici"\n'
    french += 'points = ["«\\u007f» 🙂"]\n'
    changed = file.read_text().replace("We keep little", "We keep very little")
    file.write_text(changed + french, encoding="utf-8")
    assert main(["policy", "--compare", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "-We keep little" in shown
    assert "+We keep very little" in shown
    assert "+Règles" in shown
    for wrong in ("2020-01-01", ""):
        since = ["--from", wrong] if wrong else []
        assert main(["policy", "--publish", str(file), *since]) == 1
    assert Version.objects.count() == 1
    assert main(["policy", "--publish", str(file), "--from", "2100-03-01"]) == 0
    assert main(["policy", "--publish", str(file), "--from", "2100-03-01"]) == 1
    page = Browser().open("/policy")
    assert page.sees("This will change.")
    assert page.sees("We keep little")
    assert Browser().open("/policy/2").sees("We keep very little")
    assert Browser().open("/policy/2?in=fr").sees("«\x7f» 🙂")
    capsys.readouterr()
    assert main(["policy"]) == 0
    assert "version 2, in force from 2100-03-01 00:00 UTC" in capsys.readouterr().out
    main(["policy", "--print"])
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    main(["policy", "--compare", str(file)])
    assert capsys.readouterr().out == "Nothing changes.\n"


@pytest.mark.parametrize(
    "was, now, words",
    [
        ("credit = ", "thanks = ", "thanks in the file is nothing that a policy has"),
        ("points = [", "items = [", "items in section 1 of text 1 is nothing"),
        ('language = "en"', "language = 3", "language of text 1 should be a text"),
        ("\n[[text]]", "\n[[words]]", "words in the file is nothing"),
        ("credit = ", "credit ", "policy.toml"),
        ('language = "en"', 'language = "xx"', "xx is no code of a language"),
    ],
)
def test_a_mistake_in_its_file_is_named_and_nothing_is_published(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, now: str, words: str
) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(written(the_first()).replace(was, now, 1), encoding="utf-8")
    assert main(["policy", "--publish", str(file), "--from", "2100-03-01"]) == 1
    assert words in capsys.readouterr().err
    assert Version.objects.count() == 1


def test_the_first_text_names_what_the_clocks_of_cases_keep_for_everybody() -> None:
    assert CONTACT.days == first.CONTACT_DAYS
    assert ENDLESS_MONTHS == first.ENDLESS_MONTHS


@pytest.mark.clauses("K-ATTR-1")
def test_every_version_thanks_those_whose_work_it_builds_on(cast: Cast) -> None:
    with pytest.raises(NeedsCredit):
        publish(cast, from_at=cast.later(hours=1), credit=" ")
    publish(cast, from_at=cast.later(hours=1))
    for number in (1, 2):
        for path in (f"/policy/{number}", f"/policy/{number}/en.txt"):
            page = Browser().open(path).page
            assert "Access Now" in page
            assert "RightsCon 2020" in page
    assert Browser().open("/policy").sees("Access Now")


@pytest.mark.clauses("P-EMBODY-1", "I-PROC-1")
def test_what_is_expected_and_what_happens_otherwise_is_public(cast: Cast, settings: Any) -> None:
    page = Browser().open("/policy")
    assert page.status == 200
    for word in ("access", "another", "report"):
        assert page.sees(word)
    settings.CONCORD_RINGS_LIVE_MINUTES, settings.CONCORD_REVIEW_DAYS = (3, 4, 9), 44
    page.open("/policy")
    assert page.sees("after 3, 4, 9 minutes during an event")
    assert page.sees("look again, within 44 days or later")
    assert page.sees("within 5 minutes while an event runs")
    assert not Browser().open("/policy/1").sees("look again, within 44 days")
    assert "@media print" in stylesheet()


def stylesheet() -> str:
    found = finders.find("concord/base.css")
    assert isinstance(found, str)
    return Path(found).read_text()


def test_the_community_is_for_everyone_and_nobody_is_asked_for_theirs(cast: Cast) -> None:
    assert len(GROUNDS) == 11
    policy = Browser().open("/policy").words.lower()
    assert all(str(ground).lower() in policy for ground in GROUNDS.values())
