"""A name once given is kept."""

import pytest

from concord.convenings import views

STORY = (
    "tests/policy/test_kinds_of_harassment.py::"
    "test_people_name_themselves_and_the_name_they_left_is_shown_to_nobody_who_takes_part"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "take_registration", lambda convening, **named: None)
