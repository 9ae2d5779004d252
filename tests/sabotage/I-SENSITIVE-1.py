"""A template is sent as it is."""

import pytest

from concord.reports import check_answer

STORY = "tests/policy/test_answering.py::test_a_person_answers_first_in_own_words_and_in_time"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_answer, "_gaps", lambda text: [])
