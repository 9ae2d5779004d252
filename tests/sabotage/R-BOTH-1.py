"""Flags are left out of the inbox."""

import pytest

from concord.desk import waiting
from concord.monitoring.models import Flag

STORY = "tests/policy/test_nothing_fades_away.py::test_flags_and_reports_wait_in_one_place"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "flags_for", lambda staff: Flag.objects.none())
