"""The form takes words in Latin letters alone."""

import pytest
from django.core.exceptions import ValidationError

from concord.reports.forms import ReportForm

STORY = (
    "tests/policy/test_any_place_any_words.py::test_nobody_reads_burmese_and_no_word_of_it_leaves"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clean = ReportForm.clean_text

    def in_latin(form: ReportForm) -> str:
        if not form.cleaned_data["text"].isascii():
            raise ValidationError("Please write in English.")
        return clean(form)

    monkeypatch.setattr(ReportForm, "clean_text", in_latin)
