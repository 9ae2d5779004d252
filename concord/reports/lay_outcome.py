"""outcome: what a reporter who asked for it may know of a decision: what kind of thing was done, and the day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from concord.letterbox.models import Answer, Box
from concord.letterbox.push import push
from concord.letterbox.replace import replace
from concord.reports.leave_notice import leave_notice
from concord.reports.models import Report

KIND = "outcome"
NOTHING_DONE = "nothing"
CLOSED = "closed"
OUTSIDE = "outside"
EARLIER = "earlier"
WAITS = "waits"
LEFT = "left"
ANEW = "anew"
LOOKED_AGAIN = {"upheld", "varied", "overturned", LEFT, ANEW}
DONE: dict[str, str | Words] = {
    "revoke": _("Somebody's access was taken away or limited."),
    "warn": _("Somebody was told in writing what has to change."),
    "ask": _("Somebody was asked to leave for now."),
    "mute": _("Somebody can read for now, and not write."),
    "limit": _("Somebody can write less often for now."),
    "deny": _("Somebody's access was taken away or limited."),
    "member": _("Somebody's access was taken away or limited."),
    "organisation": _("Somebody's access was taken away or limited."),
    "other": _("Something else was done about it, by a person of the team."),
    "delete": _("Something that was written was deleted."),
    "lift": _("Access was given back to somebody, earlier than it was first decided."),
    "release": _("Access was given back to somebody, earlier than it was first decided."),
    "restore": _("Something that had been deleted was put back."),
    "upheld": _("Somebody who had no part in it looked at the decision again. It stands."),
    "varied": _("Somebody who had no part in it looked at the decision again. It ends earlier."),
    "overturned": _(
        "Somebody who had no part in it looked at the decision again, and took it back."
    ),
    EARLIER: _("What was decided ends earlier than was first decided."),
    LEFT: _("Somebody who had no part in it looked at it again. It stays as it is."),
    ANEW: _("Somebody who had no part in it looked at it again. We are looking into it anew."),
    NOTHING_DONE: _(
        "We looked into it with care, and have not acted on it. You can tell us more at any time."
    ),
    OUTSIDE: _(
        "Something was done about it, by the person outside the team. You can tell us more at any time."
    ),
    CLOSED: _(
        "We have closed our file on it. If anything happens again, or somebody pays you back for "
        "speaking, write to us here: we open it again."
    ),
}
OTHER = _("We acted on it.")


def lay_outcome(
    report: Report, kinds: Iterable[str], *, on: date, at: datetime, asked: bool = False
) -> bool:
    """Lay kind and day in the reporter's box, if they chose to hear it, or `asked`; no name, no reason (I-INFORM-1).

    Returns whether it was laid there.
    """
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is None or not (report.tell_outcome or asked):
        return False
    said = {"kinds": sorted(set(kinds)), "on": on.isoformat()}
    push(box, json.dumps(said).encode(), kind=KIND, at=at)
    leave_notice(report, at=at)
    return True


def lay_what_waits(report: Report, kinds: Iterable[str], *, on: date, at: datetime) -> bool:
    """What holds by now, where anything does, and that a part of it has not come through yet; if they chose to hear.

    That is no outcome: each week they go on hearing how it stands, and it goes once the rest is told.
    """
    box = Box.objects.filter(id=report.box).first() if report.box else None
    if box is None or not report.tell_outcome:
        return False
    if holds := list(kinds):
        lay_outcome(report, holds, on=on, at=at)
    replace(box, at.date().isoformat().encode(), kind=WAITS, at=at)
    leave_notice(report, at=at)
    return True


def lay_what_came_outside(report: Report, *, at: datetime) -> bool:
    """What the outside contact said of it, on the day they said it, for whoever chose to hear.

    Nothing, as long as they have not said whether they acted: it was noted as done before anybody was asked that.
    """
    if report.done_outside_at is None or report.acted_outside is None:
        return False
    kind = OUTSIDE if report.acted_outside else NOTHING_DONE
    return lay_outcome(report, [kind], on=report.done_outside_at.date(), at=at)


def was_told(report: Report) -> bool:
    """Whether anything that came of it lies in the reporter's box already."""
    return Answer.objects.filter(box=report.box, kind=KIND).exists()


class Outcome(NamedTuple):
    """What the box page says of it."""

    what: list[str]
    on: date


def outcome_words(plaintext: bytes) -> Outcome:
    """In words."""
    said = json.loads(plaintext)
    words = list(dict.fromkeys(str(DONE.get(kind, OTHER)) for kind in said["kinds"]))
    return Outcome(words, date.fromisoformat(said["on"]))


def looked_again(plaintext: bytes) -> bool:
    """Whether it tells what came of a request to look again."""
    return not LOOKED_AGAIN.isdisjoint(json.loads(plaintext)["kinds"])
