"""The guard finds nobody."""

import pytest

from concord.survivors import read_text

STORY = (
    "tests/policy/test_confidentiality.py::test_no_notice_that_could_name_whoever_flagged_it_leaves"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_text, "names_one_of", lambda text, party: False)
