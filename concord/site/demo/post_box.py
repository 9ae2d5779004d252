"""The demo's transport: letters are kept in memory and shown on a page; none leaves this machine."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from concord.letters.registry import register_transport

KEPT = 100
CODE = re.compile(r"^([0-9]{3}) ([0-9]{3})$", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One letter, as it would have arrived."""

    to: str
    subject: str
    body: str
    at: datetime | None = None

    @property
    def code(self) -> str:
        """The six digits of a way in, if this letter carries any."""
        found = CODE.search(self.body)
        return "".join(found.groups()) if found else ""


class PostBox:
    """All letters of this demo, newest first."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=KEPT)

    def __call__(self, *, to: str, subject: str, body: str, language: str) -> None:
        """Carry one letter: as far as this page."""
        self._mails.appendleft(Mail(to, subject, body, timezone.now()))

    def open(self) -> None:
        """Carry every letter of this process from now on."""
        register_transport(self)

    def mails(self) -> list[Mail]:
        return list(self._mails)

    def code_for(self, address: str) -> str:
        """The newest six digits that went to an address. Raises LookupError when there are none."""
        for mail in self.mails():
            if mail.to == address and mail.code:
                return mail.code
        raise LookupError(f"no code went to {address}")

    def clear(self) -> None:
        self._mails.clear()


post_box = PostBox()
