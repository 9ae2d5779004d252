"""Reads the letters that the rehearsal's server wrote as files."""

from __future__ import annotations

import email
import email.policy
import time
from pathlib import Path

from concord.site.demo.post_box import Mail
from concord.site.rehearse.timeline import Broken

PATIENCE = 15.0


class Mailbox:
    """All mailboxes of the play in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def to(self, address: str) -> list[Mail]:
        """Letters to an address, newest last."""
        paths = sorted(self._folder.glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [mail for path in paths for mail in _mails(path) if mail.to == address]

    def code_for(self, address: str, *, after: int = 0) -> str:
        """The six digits of a letter to this address that came after `after` others."""
        return self.wait_for(address, after=after, holding_code=True).code

    def wait_for(self, address: str, *, after: int = 0, holding_code: bool = False) -> Mail:
        """The newest letter to this address, once there are more than `after`. Raises Broken."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            mails = [m for m in self.to(address) if m.code or not holding_code]
            if len(mails) > after:
                return mails[-1]
            time.sleep(0.02)
        raise Broken("a letter that should have come did not")


def _mails(path: Path) -> list[Mail]:
    """One file holds the letters of one connection, a line of dashes after each."""
    found = []
    for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
        if raw.strip():
            letter = email.message_from_bytes(raw, policy=email.policy.default)
            body = letter.get_body(("plain",))
            text = body.get_content() if body else ""
            found.append(Mail(str(letter["To"]), str(letter["Subject"]), text))
    return found
