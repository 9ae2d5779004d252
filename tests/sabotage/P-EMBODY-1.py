"""The policy lies behind the sign-in."""

import pytest
from django.http import HttpResponseRedirect

from concord.policy import views

STORY = "tests/policy/test_policy_versions.py::test_what_is_expected_and_what_happens_otherwise_is_public"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "render", lambda *args, **kwargs: HttpResponseRedirect("/in"))
