"""No token of the mailbox is kept with the decision, so that nobody is known again by it."""

import pytest

from concord.actions import deny_entry

STORY = (
    "tests/policy/test_denying_entry.py::"
    "test_somebody_never_seen_before_is_refused_at_the_door_in_its_ordinary_words"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deny_entry, "_tokens", lambda addresses: [])
