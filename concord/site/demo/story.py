"""Where the story stands, read from the product's own tables: what happened, when, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.concurrence.models import Concurrence, Decision, Proposal, Version
from concord.convenings.models import Registration
from concord.desk.forms import SAFE
from concord.evasion.models import Match
from concord.monitoring.models import Flag
from concord.people.addresses import mailbox_token
from concord.site.demo.listener import listener
from concord.site.demo.seating import planted
from concord.site.demo.seats import (
    AGAIN,
    AMARA,
    ANA,
    INES,
    KARIM,
    KARIMA,
    LUIS,
    RAVI,
    Browser,
    Seat,
)
from concord.spaces.models import Post


@dataclass(frozen=True)
class Story:
    """The newest of each thing that can have happened; None when it has not yet."""

    post: Post | None
    flag: Flag | None
    proposal: Proposal | None
    concurrence: Concurrence | None
    decision: Decision | None
    match: Match | None
    karima: Registration | None

    @property
    def done(self) -> int:
        """How many of the steps are done."""
        judged = self.flag if self.flag and self.flag.credible is not None else None
        steps: list[object] = [self.post, self.flag, judged, self.proposal, self.decision]
        steps += [self.match, self.karima]
        return next((place for place, step in enumerate(steps) if step is None), len(steps))


class Measured(NamedTuple):
    """One time that was measured, not claimed: from what to what, how long, and where it was read."""

    name: str | Promise
    milliseconds: int
    source: str | Promise

    @property
    def words(self) -> str:
        """The time in the unit that fits it."""
        if self.milliseconds < 10_000:
            return gettext("%(n)s ms") % {"n": self.milliseconds}
        return gettext("%(n)s s") % {"n": round(self.milliseconds / 1000)}


STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("karim", _("Karim and Ana each enter the room. His words stand ready above it: say them.")),
    ("ana", _("Ana presses Flag beneath them, and sends it.")),
    ("amara", _("Amara sees the flag on her watch and says that it needs action.")),
    ("amara", _("Amara proposes, in the case that this opened.")),
    ("luis", _("Luis is asked. He reads it and agrees. Keep Ana's room in view.")),
    ("again", _("Come back as Karim: enter the room, then read what it says, and come back here.")),
    ("karima", _("Come in as Karima: enter the room, then come back here. Nothing keeps her out.")),
)
"""Whose turn it is, and what they do: the main job, and two who come in afterwards."""

HINTS: dict[Seat | Browser, dict[int, str | Promise]] = {
    KARIM: {
        0: _("You are about to be unkind. Enter the room, say it, and keep this window open."),
        1: _("It is said. Keep this window open, and take Ana's seat."),
        5: _("The decision is in force. Reload this page, or come back in another browser."),
    },
    ANA: {
        0: _("Karim will write to you in the room. He sits in another window."),
        1: _("Karim wrote to you. Press Flag beneath his words."),
        2: _("A person looks at it now. Keep this room open, and take Amara's seat."),
        5: _("His words are gone from every open screen. Nothing here says who spoke up."),
    },
    AMARA: {
        0: _("You coordinate. What people flag appears on your watch."),
        2: _(
            "A flag waits on your watch. Press Show what was written, say why it needs action, "
            "press Needs action."
        ),
        3: format_lazy(
            _(
                "Press Propose what should happen. Write one sentence, tick a ground and an item of the "
                "policy, and tick “{safe}” Then see what it does, and ask."
            ),
            safe=SAFE,
        ),
        4: _("Luis is asked now. Take his seat, or try first to carry it out alone."),
        5: _("Done and checked. You can read it again under Decisions."),
    },
    LUIS: {
        0: _("You are on call. Nothing is asked of you yet."),
        4: _("Amara asks for your yes. Open it, read it, press I agree; keep Ana's room in view."),
        5: _("Two people agreed, and it was done. Both signatures are kept."),
    },
    RAVI: {
        0: _("You are close to Karim and said so beforehand. Nothing about him will reach you."),
        2: _("Something is happening about Karim. Look for it, in every corner."),
    },
    INES: {0: _("You keep the machines and can read every byte. See what the bytes tell you.")},
    AGAIN: {
        0: _("Karim, in another browser. Wait until the decision is in force."),
        5: _("Register with this address, under any name."),
    },
    KARIMA: {
        0: _("You work with Karim and have a name like his. Register with this address."),
    },
}
"""What each of them can do next, from so many steps done on."""

ON_THE_WAY: dict[str, str | Promise] = {
    "/in": _("Six digits went to this address: open Mails, in this bar, and type them here."),
    "/e/*/policy": _("Read the policy, tick that you have, and go on."),
    "/s/*/guidelines": _("Read the guidelines, tick that you have, and enter the room."),
    "/e/*": _("You are registered. Open the session Counting in the open."),
}
"""What whoever takes part does on the pages that come before a room, by the page's path; the first that fits."""

IN_THE_ROOM = {
    AGAIN: _("You are in: no decision about Karim is in force yet."),
    KARIMA: _("You are in. Nobody is kept out for a name like his. Look at the table."),
}
KEPT_OUT = _("Refused under the decision that stands; nobody decided anew. Look at the table.")
TRIED_ALONE = _("Refused, and written down: the newest entry of the ledger says so.")


def story() -> Story:
    """Read it anew."""
    karim = planted().people["Karim"]
    return Story(
        post=Post.objects.filter(registration=karim).order_by("-posted_at").first(),
        flag=Flag.objects.filter(post__registration=karim).first(),
        proposal=Proposal.objects.first(),
        concurrence=Concurrence.objects.order_by("-concurred_at").first(),
        decision=Decision.objects.first(),
        match=Match.objects.filter(state="applied").first(),
        karima=Registration.objects.filter(
            person__logins__mailbox_token=mailbox_token(KARIMA.address),
            acknowledged_version__isnull=False,
        ).first(),
    )


def hint_for(sitter: Seat | Browser, path: str = "", *, refused: bool = False) -> str | Promise:
    """What whoever sits here can do next: on this page, when the page has a step of its own."""
    told = story()
    if refused and sitter is AMARA and told.decision is None:
        return TRIED_ALONE
    if sitter is AGAIN and (refused or (told.match and path.startswith("/r/"))):
        return KEPT_OUT
    if not getattr(sitter, "desk", False):
        own = [words for page, words in ON_THE_WAY.items() if fnmatchcase(path, page + "*")]
        if own and not path.endswith("/register"):
            return own[0]
    if sitter in IN_THE_ROOM and path.startswith("/r/"):
        return IN_THE_ROOM[sitter]
    hints = HINTS[sitter]
    return hints[max(since for since in hints if since <= told.done)]


def measured() -> list[Measured]:
    """The times of the newest turn of the story, as the tables and a bystander's open stream have them."""
    told, times = story(), []
    posted_at = told.flag.post.posted_at if told.flag and told.flag.post else None
    if told.flag is not None and posted_at is not None:
        times.append(_span(_("Message to flag"), posted_at, told.flag.raised_at, _TABLES))
    if told.concurrence is not None:
        version = Version.objects.get(id=told.concurrence.version_id)
        agreed_at = told.concurrence.concurred_at
        times.append(_span(_("Proposal to agreement"), version.submitted_at, agreed_at, _TABLES))
        seen_at = listener.saw_removed_after(agreed_at)
        if seen_at is not None:
            times.append(
                _span(_("Agreement to gone from a bystander's screen"), agreed_at, seen_at, _STREAM)
            )
    return times


_TABLES = _("by the times that the server keeps")
_STREAM = _("on a bystander's open stream, over HTTP")


def _span(name: str | Promise, since: datetime, until: datetime, source: str | Promise) -> Measured:
    return Measured(name, round((until - since).total_seconds() * 1000), source)
