"""A room leads to no policy."""

import pytest
from django.http import HttpResponse
from django.shortcuts import render

from concord.spaces import views

STORY = "tests/policy/test_guidelines.py::test_the_policy_is_one_press_away_from_every_room"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*page: object, **more: object) -> HttpResponse:
        answer = render(*page, **more)  # type: ignore[arg-type]
        answer.content = answer.content.replace(b'href="/policy', b'href="/nowhere')
        return answer

    monkeypatch.setattr(views, "render", without)
