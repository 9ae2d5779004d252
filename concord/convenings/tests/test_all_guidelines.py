"""One text for many sessions: what it changes is shown for each, and each is chosen."""

from __future__ import annotations

import pytest

from concord.convenings.confirm_for_sessions import (
    ConfirmedMeanwhile,
    NoneChosen,
    confirm_for_sessions,
    differences,
)
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.guidelines_read import guidelines_of
from concord.convenings.models import Session
from concord.convenings.plan_convening import plan_session
from concord.convenings.tests.event import HOUR, Planned, plan
from concord.people.designate import NotYoursToDesignate
from concord.people.tests.team import Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db
NEW = "Listen.\nOne at a time."


@pytest.fixture
def planned(team: Team) -> Planned:
    made = plan(team)
    for number in range(38):
        plan_session(
            made.convening, name=f"Hall {number + 2}", starts_at=made.at, ends_at=made.at + HOUR,
            by=team.olu, at=made.at,
        )  # fmt: skip
    return made


def test_what_would_change_is_told_for_each_session(planned, team):
    told = {one.session.name: one for one in differences(planned.convening, NEW)}
    assert len(told) == 40
    assert [tuple(line) for line in told["Hall 1"].lines] == [
        ("same", "Listen."),
        ("gone", "Take no pictures."),
        ("added", "One at a time."),
    ]
    assert (told["Hall 2"].number, told["Hall 2"].is_same) == (0, False)


def test_it_counts_for_those_that_were_chosen_and_no_others(planned, team):
    chosen = {one.session.id: one.number for one in differences(planned.convening, NEW)}
    chosen.pop(planned.studio.id)
    done = confirm_for_sessions(
        planned.convening, text=NEW, chosen=chosen, by=team.olu, at=planned.at
    )
    assert len(done) == 39
    assert guidelines_of(planned.studio).lines == ["Listen.", "Take no pictures."]
    again = confirm_for_sessions(
        planned.convening,
        text=NEW,
        chosen=dict.fromkeys(chosen, 0) | {planned.hall.id: 2},
        by=team.olu,
        at=planned.at,
    )  # the same once more changes nothing
    assert {one.id for one in again} == {one.id for one in done}


def test_all_or_none_where_a_colleague_was_quicker(planned, team):
    chosen = {one.session.id: one.number for one in differences(planned.convening, NEW)}
    confirm_guidelines(planned.hall, text="Something else.", by=team.olu, at=planned.at)
    with pytest.raises(ConfirmedMeanwhile):
        confirm_for_sessions(planned.convening, text=NEW, chosen=chosen, by=team.olu, at=planned.at)
    assert sum(guidelines_of(one) is not None for one in Session.objects.all()) == 2


def test_none_chosen_and_somebody_who_does_not_plan_are_refused(planned, team):
    with pytest.raises(NoneChosen):
        confirm_for_sessions(planned.convening, text=NEW, chosen={}, by=team.olu, at=planned.at)
    with pytest.raises(NotYoursToDesignate):
        confirm_for_sessions(
            planned.convening, text=NEW, chosen={planned.hall.id: 1}, by=team.noor, at=planned.at
        )


def test_the_page_shows_first_and_confirms_what_was_ticked(planned, team):
    olu, address = sign_in_at_the_desk(team.olu), "/events/forum/guidelines"
    assert "See the differences" in olu.get(address).content.decode()
    page = olu.post(address, {"text": NEW}).content.decode()
    assert page.count("<del>Take no pictures.</del>") == 1, "what changes alike is shown once"
    assert (page.count('name="session"'), page.count("checked")) == (40, 38)
    all_of_them = olu.post(address, {"text": NEW, "all": "1"}).content.decode()
    assert all_of_them.count("checked") == 40
    assert "<ins>One at a time.</ins>" in page
    assert guidelines_of(planned.hall).number == 1
    none = olu.post(address, {"text": NEW, "confirm": "1", "session": ["rubbish", "x:y"]})
    assert none.status_code == 409
    ticked = {"text": NEW, "confirm": "1", "session": [f"{planned.hall.id}:1"]}
    assert olu.post(address, ticked).headers["Location"] == "/events/forum"
    assert guidelines_of(planned.hall).lines == NEW.splitlines()
    assert sign_in_at_the_desk(team.noor).get(address).status_code == 404
