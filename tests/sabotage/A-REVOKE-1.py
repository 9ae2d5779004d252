"""The gate lets everybody pass."""

import pytest

from concord.access import gate

STORY = "tests/policy/test_revoking_access.py::test_in_mid_session_the_next_post_page_flag_and_stream_are_refused"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "shut_of", lambda person, places, at: None)
