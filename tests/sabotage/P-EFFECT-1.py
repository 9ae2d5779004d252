"""The newest version counts, whenever it was published."""

import pytest

from concord.policy.models import VersionQuerySet

STORY = "tests/policy/test_policy_versions.py::test_conduct_is_judged_by_the_version_of_its_day"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        VersionQuerySet, "in_force", lambda self, at: self.order_by("-number").first()
    )
