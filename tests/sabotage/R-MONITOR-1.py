"""What screening sees is put before nobody."""

import pytest

from concord.monitoring import screen_post

STORY = (
    "tests/policy/test_screening.py::"
    "test_a_hostile_post_is_put_before_a_person_and_stands_until_they_decide"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_post, "flag_by_machine", lambda post, screened, at: None)
