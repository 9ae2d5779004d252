"""What was rehearsed: each stage, when it was over, whether its promise held, and what was measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class Broken(Exception):
    """A promise did not hold; the message says which, in words."""


def promise(holds: object, words: str) -> None:
    """Raise Broken with these words unless it holds."""
    if not holds:
        raise Broken(words)


@dataclass(frozen=True)
class Stage:
    """One stage that was played."""

    name: str
    at_ms: int
    ok: bool
    words: str = ""


class Timeline:
    """The stages in their order, told as they end."""

    def __init__(self, tell: Callable[[Stage], None]) -> None:
        self._began = time.monotonic()
        self._tell = tell
        self._notes: list[str] = []
        self.stages: list[Stage] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Play a stage. A broken promise is kept in the timeline and raised again: what follows rests on it."""
        self._notes = []
        try:
            yield
        except BaseException as error:
            words = str(error) if isinstance(error, Broken) else f"{type(error).__name__}: {error}"
            self._end(name, ok=False, words=words)
            raise
        self._end(name, ok=True, words="; ".join(self._notes))

    def note(self, words: str) -> None:
        """Say something that was measured in the stage being played."""
        self._notes.append(words)

    @property
    def ok(self) -> bool:
        return bool(self.stages) and all(stage.ok for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        stages = [{"name": s.name, "at_ms": s.at_ms, "ok": s.ok} for s in self.stages]
        return {"stages": stages, "ok": self.ok}

    def _end(self, name: str, *, ok: bool, words: str) -> None:
        at_ms = round((time.monotonic() - self._began) * 1000)
        self.stages.append(Stage(name, at_ms, ok, words))
        self._tell(self.stages[-1])
