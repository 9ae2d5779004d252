"""Pages may load from anywhere."""

import pytest

from concord.site import middleware

STORY = "tests/policy/test_taking_part.py::test_nobody_can_list_who_attends_and_no_page_asks_another_host_for_anything"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_POLICY", "default-src * https:{styles}")
