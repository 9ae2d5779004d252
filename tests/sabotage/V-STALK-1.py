"""The ledger keeps who went into which room."""

from datetime import datetime
from uuid import UUID

import pytest
from django.http import HttpRequest

from concord.ledger.record import record
from concord.spaces import views
from concord.spaces.enter import Entered, enter

STORY = "tests/policy/test_canary.py::test_whoever_carries_the_server_away_finds_no_word_and_nobody"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def and_note(
        request: HttpRequest, room_id: UUID, *, at: datetime, **more: bool
    ) -> Entered | str:
        entered = enter(request, room_id, at=at, **more)
        if isinstance(entered, Entered):
            who = entered.registration.person_id
            record("spaces.enter", actor=who, subject=room_id, at=at)
        return entered

    monkeypatch.setattr(views, "enter", and_note)
