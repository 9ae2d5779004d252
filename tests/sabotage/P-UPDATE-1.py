"""Every address shows the newest text."""

import pytest

from concord.policy.models import Text, Version

STORY = "tests/policy/test_policy_versions.py::test_what_was_published_stays_readable_to_the_byte"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Version, "text_in", lambda self, language: Text.objects.order_by("-id").first()
    )
