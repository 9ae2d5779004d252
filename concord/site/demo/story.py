"""Where the story stands, read from the product's own tables: what happened, when, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.concurrence.models import Concurrence, Decision, Proposal, Version
from concord.evasion.models import Match
from concord.monitoring.models import Flag
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

    @property
    def done(self) -> int:
        """How many of the five steps are done."""
        judged = self.flag if self.flag and self.flag.credible is not None else None
        steps = [self.post, self.flag, judged, self.proposal, self.decision]
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


STEPS = (
    ("karim", _("Karim writes to Ana. His words stand ready above the room.")),
    ("ana", _("Ana presses Flag beneath them, and sends it.")),
    ("amara", _("Amara sees the flag on her watch and says that it needs action.")),
    ("amara", _("Amara proposes, in the case that this opened.")),
    ("luis", _("Luis is asked. He reads it and agrees. Keep Ana's room in view.")),
)
"""Whose turn it is, and what they do: the main job."""

HINTS: dict[Seat | Browser, dict[int, str | Promise]] = {
    KARIM: {
        0: _("You are about to be unkind. Say it, and keep this window open."),
        1: _("It is said. Keep this window open, and take Ana's seat."),
        5: _("The decision is in force. Try to write again, or come back in another browser."),
    },
    ANA: {
        0: _("Karim will write to you here. He sits in another window."),
        1: _("Karim wrote to you. Press Flag beneath his words."),
        2: _("A person looks at it now. Keep this room open, and take Amara's seat."),
        5: _("His words are gone from every open screen. Nothing here says who spoke up."),
    },
    AMARA: {
        0: _("You coordinate. What people flag appears here."),
        2: _("A flag waits. Show what was written, say why it needs action, and press."),
        3: _(
            "Propose: one sentence, a ground, an item of the policy. Then see what it does, and ask."
        ),
        4: _("Luis is asked now. Take his seat, or try first to carry it out alone."),
        5: _("Done and checked. You can read it again under Decisions."),
    },
    LUIS: {
        0: _("You are on call. Nothing is asked of you yet."),
        4: _("Amara asks for your yes. Open it, read it, agree; keep Ana's room in view."),
        5: _("Two people agreed, and it was done. Both signatures are kept."),
    },
    RAVI: {
        0: _("You are close to Karim and said so beforehand. Nothing about him will reach you."),
        2: _("Something is happening about Karim. Look for it, in every corner."),
    },
    INES: {0: _("You keep the machines and can read every byte. See what the bytes tell you.")},
    AGAIN: {
        0: _("Karim, in another browser. Wait until the decision is in force."),
        5: _("Karim, in another browser. Register with this address, under any name:"),
    },
    KARIMA: {
        0: _("You work with Karim and have a name like his. Register with this address:"),
    },
}
"""What each of them can do next, from so many steps done on."""


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
    )


def hint_for(sitter: Seat | Browser) -> str | Promise:
    """What whoever sits here can do next."""
    hints, done = HINTS[sitter], story().done
    return hints[max(since for since in hints if since <= done)]


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


_TABLES = _("times that the server keeps")
_STREAM = _("a bystander's open stream, over HTTP")


def _span(name: str | Promise, since: datetime, until: datetime, source: str | Promise) -> Measured:
    return Measured(name, round((until - since).total_seconds() * 1000), source)
