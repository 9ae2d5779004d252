"""Only who was reported is protected; whoever saw it is not."""

import pytest

from concord.retaliation import protect

STORY = "tests/policy/test_retaliation.py::test_a_flag_on_a_post_about_a_witness_is_noticed_and_the_letter_says_nothing"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protect, "of_name", lambda name: [])
    monkeypatch.setattr(protect, "_of_login", lambda person: set())
