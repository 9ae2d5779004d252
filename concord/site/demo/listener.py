"""A bystander's open stream, over real HTTP: the demo measures with it when a removal reaches a screen."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils import timezone

from concord.people.models import Login
from concord.people.views import BACKEND
from concord.spaces.models import Room


class Listener:
    """Listens to one room as a browser does, and notes when each removal arrived."""

    def __init__(self) -> None:
        self._removed: deque[tuple[UUID, datetime]] = deque(maxlen=200)

    def run(self, room: Room, session: str, *, port: int, stopping: threading.Event) -> None:
        """Listen until told to stop; a stream that breaks, or is not there yet, is opened again."""
        while not stopping.wait(0.5):
            with contextlib.suppress(OSError, http.client.HTTPException):
                for event, data in events(room.stream, session, port=port):
                    self._note(event, data)

    def saw_removed_after(self, moment: datetime) -> datetime | None:
        """When the first removal since that moment reached this screen, if one did."""
        return next((at for _, at in list(self._removed) if at >= moment), None)

    def saw_removed(self, post: UUID) -> datetime | None:
        """When this post's removal reached this screen, if it did."""
        return next((at for one, at in list(self._removed) if one == post), None)

    def _note(self, event: str, data: str) -> None:
        if event == "removed":
            self._removed.append((UUID(json.loads(data)["id"]), timezone.now()))


listener = Listener()


def session_for(login: Login) -> str:
    """The key of a new session of a participant, as a sign-in leaves it."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    auth.login(request, login, backend=BACKEND)
    request.session.save()
    return str(request.session.session_key)


def events(stream: str, session: str, *, port: int) -> Iterator[tuple[str, str]]:
    """The (event, data) pairs of a stream, as they arrive. Raises OSError when it cannot be opened."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session}"
    connection.request("GET", f"/live/?s={stream}", headers={"Host": "localhost", "Cookie": cookie})
    answer = connection.getresponse()
    if answer.status != 200:
        raise ConnectionError(f"the stream answered {answer.status}")
    event = ""
    try:
        for line in iter(answer.readline, b""):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                yield event, value
    finally:
        connection.close()
