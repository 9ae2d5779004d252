"""An invitation to meet goes through."""

import pytest

from concord.reports import check_answer

STORY = "tests/policy/test_answering.py::test_no_invitation_to_meet_reaches_whoever_reported"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_answer, "_invitations", lambda text, names: [])
