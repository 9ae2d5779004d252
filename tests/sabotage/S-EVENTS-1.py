"""The policy that rooms link to lies behind the sign-in."""

import pytest
from django.http import HttpResponseRedirect

from concord.policy import views

STORY = "tests/policy/test_guidelines.py::test_the_policy_is_one_press_away_from_every_room"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "render", lambda *args, **kwargs: HttpResponseRedirect("/in"))
