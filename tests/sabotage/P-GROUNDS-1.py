"""One of the eleven grounds cannot be chosen."""

import pytest

from concord.cases import classify_form
from concord.policy.violations import GROUNDS

STORY = (
    "tests/policy/test_any_place_any_words.py"
    "::test_staff_choose_among_all_eleven_grounds_and_nobody_who_takes_part_is_asked"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = {code: words for code, words in GROUNDS.items() if code != "politics"}
    monkeypatch.setattr(classify_form, "GROUNDS", fewer)
