"""`concord plant`: the example in the checkout becomes an event, and a file with a mistake becomes none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from concord.convenings.models import Convening
from concord.convenings.plan_convening import AddressTaken
from concord.site.event_file import read_event
from concord.site.planting import plant
from concord.site.tests.install import Install
from concord.site.toml_file import NotUnderstood
from tests.house.house import CHECKOUT

EXAMPLE = CHECKOUT / "examples" / "a-small-event.toml"
NOW = datetime(2026, 3, 1, 22, tzinfo=UTC)


def test_the_example_is_planned_with_a_room_and_guidelines_for_each_session(db):
    convening = plant(read_event(EXAMPLE), on=date(2027, 3, 1), at=NOW)
    assert convening.starts_at == datetime(2027, 3, 1, 7, tzinfo=UTC)
    assert convening.ends_at == datetime(2027, 3, 2, 9, tzinfo=UTC)
    assert convening.sessions.count() == 3
    for session in convening.sessions.all():
        assert session.room
        assert session.guidelines.get().confirmed_at == NOW


def test_its_first_day_is_tomorrow_where_it_takes_place(db):
    convening = plant(read_event(EXAMPLE), on=None, at=NOW)
    assert convening.starts_at == datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_planted_twice_it_is_one_event(db):
    plant(read_event(EXAMPLE), on=None, at=NOW)
    with pytest.raises(AddressTaken):
        plant(read_event(EXAMPLE), on=None, at=NOW)
    assert Convening.objects.count() == 1


@pytest.mark.parametrize(
    "was, now, words",
    [
        ('name = "Votes', 'title = "Votes', "title in the file is nothing that an event has"),
        ('address = "votes"', "", "address of the file is missing"),
        ("day = 2", 'day = "2"', "day of session 3 should be a number"),
        ("day = 2", "day = 0", "day of session 3 counts from 1"),
        ("from = 14:00:00", 'from = "14:00"', "from of session 2 should be a time, as 10:00:00"),
        ('zone = "', "zone = ", "a-small-event.toml"),
        ("[[session]]", "[[sitting]]", "sitting in the file is nothing that an event has"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path, was, now, words):
    file = tmp_path / EXAMPLE.name
    file.write_text(EXAMPLE.read_text().replace(was, now))
    with pytest.raises(NotUnderstood, match="(?s)" + words.replace(".", r"\.")):
        read_event(file)


@pytest.mark.parametrize(
    "was, now, words",
    [
        ("Africa/Nairobi", "Africa/Nowhere", "Africa/Nowhere is no time zone"),
        ('"votes"', '"The Votes"', "made of small letters"),
        ("Where do we go from here", "—", "name"),
    ],
)
def test_what_cannot_be_planned_leaves_nothing_behind(db, tmp_path, was, now, words):
    file = tmp_path / EXAMPLE.name
    file.write_text(EXAMPLE.read_text().replace(was, now))
    with pytest.raises(ValueError, match=words):
        plant(read_event(file), on=None, at=NOW)
    assert not Convening.objects.exists()


def test_the_command_says_what_it_planned_and_what_it_could_not(ready: Install, tmp_path):
    planned = ready.run("plant", str(EXAMPLE))
    assert planned.stdout == (
        "Planned Votes and Voices at /votes with 3 sessions. "
        "Open it at the desk, on the page “Events”.\n"
    )
    assert "has this address already" in ready.run("plant", str(EXAMPLE)).stderr
    assert "No such file" in ready.run("plant", str(tmp_path / "absent.toml")).stderr
    (tmp_path / "wrong.toml").write_text("name = 3")
    wrong = ready.run("plant", str(tmp_path / "wrong.toml"))
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "concord: the event cannot be read: name of the file should be a text\n",
    )
