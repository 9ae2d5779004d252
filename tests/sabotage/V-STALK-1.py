"""The token by which an address is found again is the address."""

import pytest

from concord import names

STORY = "tests/policy/test_canary.py::test_whoever_carries_the_server_away_finds_no_word_no_party_no_address_and_no_list_of_who_was_where"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "token", lambda purpose, text: text.encode())
