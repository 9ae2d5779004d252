"""Whoever reports can have somebody beside them, who reads what is shared, keeps it, and leaves when asked to."""

from __future__ import annotations

import re

import pytest

from concord.reports.models import Report, Supporter
from concord.reports.read_shared import SayFirstThatYouKeepIt, read_shared
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, answers_arrive

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def code_on(browser: Browser) -> str:
    found = CODE.search(browser.page)
    assert found, browser.words
    return found[1]


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of a report that was answered twice."""
    code = code_on(Browser().open("/report").press("Send", text="He wrote again."))
    amara = at_the_desk(cast.amara).open(f"/reports/{Report.objects.get().id}")
    amara.press("Answer", answer="Thank you for telling us.")
    answers_arrive()
    amara.open(amara.path.partition("#")[0])
    amara.press("Answer", answer="We are looking at it.")
    answers_arrive()
    return code


def brought(code: str) -> str:
    return code_on(box(code).press("Make a code"))


@pytest.mark.clauses("I-SUPPORT-1")
def test_the_person_beside_reads_what_is_shared_until_they_are_removed(
    code: str,
) -> None:
    theirs = brought(code)
    beside = box(theirs).press("I keep it to myself")
    assert beside.sees("Nothing has been shared with you yet")
    box(code).press("Share it with the person")
    beside.open("/report/box")
    assert beside.sees("Thank you for telling us")
    assert not beside.sees("We are looking at it")
    assert "He wrote again" not in beside.page
    assert box(code).press("End it").sees("You can bring a person you trust")
    assert beside.open("/report/box").sees("Your code")
    assert not beside.sees("Thank you for telling us")
    assert box(theirs).sees("Nothing opens with this code")


@pytest.mark.clauses("K-WHO-1")
def test_nobody_reads_before_they_said_that_they_keep_it_to_themself(code: str) -> None:
    theirs = brought(code)
    box(code).press("Share it with the person")
    beside = box(theirs)
    assert beside.sees("What you read here stays with you")
    assert "Thank you for telling us" not in beside.page
    with pytest.raises(SayFirstThatYouKeepIt):
        read_shared(Supporter.objects.get(), held=None)  # type: ignore[arg-type]  # refused before
    assert beside.press("I keep it to myself").sees("Thank you for telling us")
    assert box(code).sees("They said that they keep it to themself")


def test_their_code_changes_nothing_of_the_report(code: str) -> None:
    beside = box(brought(code)).press("I keep it to myself")
    for path in ("choices", "words", "stay-out", "beside", "beside/remove"):
        assert beside.post(f"/report/box/{path}", words="x").sees("Your code")
    assert Supporter.objects.get().accepted_at
    assert not Report.objects.get().words.filter(by_staff=None).exists()


def test_there_is_one_person_beside_at_a_time_and_a_form_sent_twice_is_one(code: str) -> None:
    page = box(code)
    nonce = re.search(r'name="nonce" value="(\w+)"', page.page)
    assert nonce
    first = code_on(page.post("/report/box/beside", nonce=nonce[1]))
    assert code_on(page.post("/report/box/beside", nonce=nonce[1])) == first
    assert page.post("/report/box/beside", nonce="ab" * 16).sees("Somebody is beside you already")
    assert Supporter.objects.count() == 1


def test_only_answers_can_be_shared(code: str) -> None:
    brought(code)
    own = box(code)
    own.post("/report/box/share/7d3b2a52-55cb-4c7d-9a6c-0f0d8b1c2e11")
    assert not Supporter.objects.get().shared.exists()
