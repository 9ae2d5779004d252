"""Nobody on the team is protected."""

import pytest

from concord.retaliation import protect

STORY = "tests/policy/test_retaliation.py::test_an_insult_to_whoever_coordinated_is_noticed_and_they_do_not_handle_it"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protect, "_protect_staff", lambda case, persons, at: None)
