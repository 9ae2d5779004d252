"""Who took a copy of a case is written down nowhere."""

import pytest

from concord.cases import export_case

STORY = "tests/policy/test_answering.py::test_a_copy_of_a_case_tells_whose_it_is_and_holds_no_names_and_no_notes"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_case, "record", lambda *args, **facts: None)
