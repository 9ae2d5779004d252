"""The world of the play: who is planted, which browsers are open, and what has happened so far."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse

from concord.concurrence.models import Proposal
from concord.site.demo.plant import Planted
from concord.site.rehearse.browser import Browser
from concord.site.rehearse.mailbox import Mailbox
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.page import Page
from concord.site.rehearse.stream import Stream
from concord.site.rehearse.timeline import Timeline, promise

PUBLIC, DESK = "localhost", "desk.localhost"


@dataclass
class World:
    """Everything that scenes share."""

    server: OwnServer
    timeline: Timeline
    planted: Planted
    mailbox: Mailbox
    browsers: dict[str, Browser] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)
    post: UUID | None = None
    case_path: str = ""
    proposal_path: str = ""

    @property
    def hall_path(self) -> str:
        return self.public("room", self.planted.hall.id)

    @property
    def proposal(self) -> Proposal:
        """The proposal whose page was opened last, as the database has it now."""
        return Proposal.objects.get(id=UUID(id_in(self.proposal_path)))

    def browser(self, who: str, host: str = PUBLIC) -> Browser:
        """Their browser; a new one with no cookies the first time."""
        return self.browsers.setdefault(who, Browser(host, port=self.server.port))

    def listen(self, who: str) -> Stream:
        """Their stream of the hall, open from now on."""
        stream = Stream(self.browser(who), self.planted.hall.stream, port=self.server.port)
        promise(stream.status == 200, f"{who} may not listen to the hall: {stream.status}")
        self.streams[who] = stream
        return stream

    def public(self, name: str, *args: object) -> str:
        return reverse(name, args=args, urlconf=settings.ROOT_URLCONF)

    def desk(self, name: str, *args: object) -> str:
        return reverse(name, args=args, urlconf=settings.CONCORD_DESK_URLCONF)


def id_in(path: str) -> str:
    """The id in an address."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", path)
    promise(found, f"the address {path} holds no id")
    return found[0] if found else ""


def opened(page: Page, words: str) -> Page:
    """The page, if it opened. Raises Broken."""
    promise(page.status == 200, f"{words}: {page.status} at {page.path} {page.complaints}")
    return page


def write_post(browser: Browser, room_path: str, text: str) -> Page:
    """Write in a room by its own form."""
    page = opened(browser.get(room_path), "the room does not open")
    return browser.submit(page, page.form("text", to="/posts"), {"text": text})


def eventually(holds: object, words: str, *, within: float = 8.0) -> None:
    """Raise Broken unless the question becomes true in time; for what the worker does after a commit."""
    limit = time.monotonic() + within
    while not holds():  # type: ignore[operator]
        promise(time.monotonic() < limit, words)
        time.sleep(0.05)


def now() -> float:
    return time.time()


def seconds(moment: datetime) -> float:
    """A moment of the server as this process's clock reads it; both run on one machine."""
    return moment.astimezone(UTC).timestamp()


def let_go() -> None:
    """Give the database back: the server is another process, and SQLite locks whole files."""
    connection.close()
