"""The token by which an address is found again is the address."""

import pytest

from concord import names

STORY = "tests/policy/test_canary.py::test_whoever_carries_the_server_away_finds_no_word_and_nobody"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "token", lambda purpose, text: text.encode())
