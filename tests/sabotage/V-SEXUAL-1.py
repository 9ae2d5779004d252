"""The notice says "the policy" whatever it was."""

import pytest

from concord.actions import write_notice

STORY = (
    "tests/policy/test_kinds_of_harassment.py::"
    "test_asking_again_after_a_no_is_told_decided_on_and_named_by_its_category_alone"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_notice, "_in_categories", lambda grounds, items: "the policy")
