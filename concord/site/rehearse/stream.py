"""An open stream of one browser, read in a thread: what arrived, and when."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from concord.site.rehearse.browser import Browser
from concord.site.rehearse.timeline import Broken

PATIENCE = 10.0


@dataclass(frozen=True)
class Heard:
    """One event of a stream, with the clock's reading when it arrived."""

    event: str
    data: dict[str, Any]
    at: float


class Stream:
    """Open from the moment it is made until it is closed, by either side."""

    def __init__(self, browser: Browser, *streams: str, port: int) -> None:
        self._news = threading.Condition()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
        self.heard: list[Heard] = []
        self.ended_at: float | None = None
        names = "&".join(f"s={name}" for name in streams)
        headers = {"Host": browser.host, "Cookie": browser.cookie_header}
        self._connection.request("GET", f"/live/?{names}", headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, event: str, **facts: Any) -> Heard:
        """The first such event, however early it came. Raises Broken when it does not come."""
        limit = time.monotonic() + PATIENCE
        with self._news:
            while True:
                for one in self.heard:
                    if one.event == event and facts.items() <= one.data.items():
                        return one
                left = limit - time.monotonic()
                if left <= 0 or self.ended_at is not None:
                    raise Broken(f"the stream did not carry {event}")
                self._news.wait(left)

    def wait_until_ended(self) -> float:
        """When the server closed the stream. Raises Broken when it stays open."""
        with self._news:
            self._news.wait_for(lambda: self.ended_at is not None, PATIENCE)
        if self.ended_at is None:
            raise Broken("the stream stayed open")
        return self.ended_at

    def close(self) -> None:
        self._connection.close()

    def _read(self) -> None:
        event = ""
        try:
            for line in iter(self._answer.readline, b""):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self._hear(event, value)
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass  # closed under our hands, by us or by a server that was killed
        with self._news:
            self.ended_at = time.time()
            self._news.notify_all()

    def _hear(self, event: str, value: str) -> None:
        with self._news:
            data = json.loads(value) if value.startswith("{") else {}
            self.heard.append(Heard(event, data, time.time()))
            self._news.notify_all()
