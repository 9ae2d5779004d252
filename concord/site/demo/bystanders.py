"""The scripted bystanders: a thread that lets them talk, through the verb that everybody's posts go through."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from django.db import DatabaseError, connection
from django.utils import timezone

from concord.refusals import Refused
from concord.site.demo.plant import Planted
from concord.site.demo.tempo import Turn
from concord.spaces.post_message import post_message

log = logging.getLogger("concord.demo")


def talk(planted: Planted, turns: Iterable[Turn], *, stopping: threading.Event) -> None:
    """Say each turn's line after its wait, until told to stop. A room that is held stays quiet."""
    try:
        for turn in turns:
            if stopping.wait(turn.wait):
                return
            _say(planted, turn)
    finally:
        connection.close()


def _say(planted: Planted, turn: Turn) -> None:
    try:
        post_message(
            planted.rooms[turn.session],
            registration=planted.people[turn.who],
            text=turn.text,
            at=timezone.now(),
        )
    except Refused as refused:
        log.info("a bystander was refused", extra={"kind": refused.rule})
    except DatabaseError:
        log.exception("a bystander's line was lost")
