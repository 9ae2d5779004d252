"""At the desk there is one way to answer a flag: read it, say whether it needs action, and why (R-FLAG-1)."""

# ruff: noqa: F811 (fixtures are asked for by name)
from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from concord.cases.models import Case
from concord.convenings.models import Registration
from concord.monitoring.flag_post import flag_post
from concord.monitoring.models import Flag
from concord.monitoring.tests.conftest import amara, kofi  # noqa: F401  (fixtures)
from concord.monitoring.tests.fixtures import (  # noqa: F401  (fixtures)
    Member,
    ana,
    at,
    make,
    post,
    recovery_secret,
    room,
    tomas,
)
from concord.people.declare_tie import declare_tie
from concord.people.tests.team import sign_in_at_the_desk
from concord.spaces.models import Post

NO = {"credible": "no", "reason": "a quotation"}
Raise = Callable[[], Flag]


@pytest.fixture
def flagged(post: Post, ana: Registration, at: datetime) -> Raise:
    return lambda: flag_post(post, words="look", by=ana.person_id, by_staff=False, at=at)


def test_at_the_desk_a_flag_is_read_and_answered(
    flagged: Raise, amara: Member, kofi: Member
) -> None:
    flag, browser = flagged(), sign_in_at_the_desk(amara.staff)
    page = browser.get(f"/flags/{flag.id}").content.decode()
    assert "what was written" in page
    assert f'action="/flags/{flag.id}/answer"' in page
    assert browser.post(f"/flags/{flag.id}/answer", NO).status_code == 302
    assert "a quotation" in browser.get(f"/flags/{flag.id}").content.decode()
    assert Flag.objects.get().credible is False
    again = browser.post(f"/flags/{flag.id}/answer", {"credible": "yes", "reason": "hm"})
    assert again.status_code == 409
    assert Flag.objects.get().credible is False
    assert not Case.objects.exists()


def test_a_flag_at_rest_shows_its_row_and_nothing_else(
    flagged: Raise, amara: Member, kofi: Member
) -> None:
    flag = flagged()
    sign_in_at_the_desk(amara.staff).post(f"/flags/{flag.id}/answer", NO)
    page = sign_in_at_the_desk(kofi.staff).get(f"/flags/{flag.id}").content.decode()
    assert flag.code in page
    assert "what was written" not in page
    assert "a quotation" not in page


def test_for_colleagues_without_a_grant_the_flag_does_not_exist(
    flagged: Raise, post: Post, amara: Member, kofi: Member, at: datetime
) -> None:
    declare_tie(kofi.staff, person=post.registration.person, at=at)
    flag, browser = flagged(), sign_in_at_the_desk(kofi.staff)
    assert browser.get(f"/flags/{flag.id}").status_code == 404
    assert browser.post(f"/flags/{flag.id}/answer", NO).status_code == 404
    assert Flag.objects.get().credible is None


def test_there_is_no_second_way_to_answer(flagged: Raise, amara: Member, kofi: Member) -> None:
    flag = flagged()
    assert (
        sign_in_at_the_desk(amara.staff).post(f"/flags/{flag.id}/judgement", NO).status_code == 404
    )
    assert Flag.objects.get().credible is None
