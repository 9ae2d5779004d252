"""The support person counts as having accepted before they did."""

import pytest
from django.utils import timezone

from concord.reports import add_supporter

STORY = "tests/policy/test_reports_support.py::test_nobody_reads_before_they_said_that_they_keep_it_to_themself"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    create = add_supporter.Supporter.objects.create
    monkeypatch.setattr(
        add_supporter.Supporter.objects,
        "create",
        lambda **fields: create(accepted_at=timezone.now(), **fields),
    )
