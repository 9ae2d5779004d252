"""A picture from a report is drawn as it is."""

import pytest
from django.http import HttpResponse
from django.shortcuts import render

from concord.reports import desk_file_views

STORY = (
    "tests/policy/test_kinds_of_harassment.py::"
    "test_texts_and_pictures_are_covered_on_every_page_until_somebody_asks"
)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def clearly(*page: object) -> HttpResponse:
        return HttpResponse(render(*page).content.replace(b"blurred", b"drawn"))  # type: ignore[arg-type]

    monkeypatch.setattr(desk_file_views, "render", clearly)
