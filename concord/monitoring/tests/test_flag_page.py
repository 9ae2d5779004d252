"""What the page that flags a post shows of it, and to whom."""

# ruff: noqa: F811 (fixtures are asked for by name)
from __future__ import annotations

import pytest

from concord.convenings.guidelines_read import COOKIE
from concord.spaces.tests.conftest import event, inside, shut_out, warrant_for  # noqa: F401


@pytest.fixture
def post(event):
    return event.say(event.karim, "what he wrote")


def test_whoever_is_in_the_room_sees_whose_post_it_is_and_its_words_on_asking(post, event, inside):
    page = inside(event.sara).get(f"/p/{post.id}/flag").content.decode()
    assert "Karim" in page
    assert (
        page.index('<details class="more"')
        < page.index("what he wrote")
        < page.rindex("</details>")
    )


def test_whoever_has_not_read_the_guidelines_flags_all_the_same_and_sees_nothing_of_it(
    post,
    event,
    inside,
):
    browser = inside(event.sara)
    del browser.cookies[COOKIE]
    page = browser.get(f"/p/{post.id}/flag").content.decode()
    assert "Flag it" in page
    assert "Karim" not in page
    assert "what he wrote" not in page


def test_whoever_is_shut_out_is_told_so_and_finds_no_empty_form(post, event, inside, shut_out):
    shut_out(event.sara, event.room.places[-1], at=event.at)
    for path in (f"/p/{post.id}/flag", f"/r/{event.room.id}/flag"):
        answer = inside(event.sara).get(path)
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "No access at the moment" in page
        assert "Flag it" not in page
        assert "/report" in page
