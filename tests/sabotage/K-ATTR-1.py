"""The text leaves its credit out."""

import pytest

from concord.policy import views

STORY = (
    "tests/policy/test_policy_versions.py::test_every_version_thanks_those_whose_work_it_builds_on"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "plain", lambda title, sections, credit: title)
