"""write_notice: the neutral letter to whom something is decided about: what, until when, on which grounds.

It says the behaviour by its category, the effect it has, what has to change, and how to ask us to look again.
It names no source, quotes nothing, and is shown to the coordinator, who may change it, and to whoever is asked
to agree, before anything happens. It is written in the language of the person it is about, and below that in the
house's own, so that nobody agrees to a text that they cannot read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from concord.actions.limit_writing import pace_of
from concord.actions.look_at_later import words_of
from concord.actions.review_reference import review_link
from concord.concurrence.terms import GROUNDS, ON_A_PERSON, SHUTS, Target, told_alike
from concord.concurrence.wording import place_name, until_words
from concord.convenings.models import Convening, Session
from concord.letters.send import compose
from concord.people.languages import languages_of
from concord.people.team_name import team_name
from concord.policy.violations import KINDS

LONGEST_SUBJECT = 200
BETWEEN = "\n* * *\n\n"
"""Between one language and the next."""
SEVERAL_EMPTY_LINES = re.compile(r"\n{3,}")
STRONGEST_FIRST = ("revoke", "mute", "limit", "ask", "warn", "other")
"""The ladder from the top: a letter speaks of what is strongest first."""


def write_notice(
    targets: Iterable[Target],
    *,
    grounds: Iterable[str],
    violations: Iterable[str],
) -> tuple[str, str]:
    """Subject and body; both empty when nobody is concerned. Each notice has a link of its own.

    The subject is in the language of whom it is about; the body in theirs and then in the house's own, with the same
    link. Several people of several languages get one text in all of them. All are told the same: see `write_notices`.
    """
    steps = [target for target in targets if target.kind in ON_A_PERSON]
    if not steps:
        return "", ""
    codes = [*languages_of(target.id for target in steps), settings.LANGUAGE_CODE]
    link, grounds, violations = review_link(), list(grounds), list(violations)
    written = []
    for code in dict.fromkeys(codes):
        with override(code):
            kind, context = _said(steps, grounds, violations, link=link)
        subject, body = compose(kind, context=context, language=code)
        written.append((subject, SEVERAL_EMPTY_LINES.sub("\n\n", body)))
    several = len({step.id for step in steps}) > 1
    subject = _in_all(written) if several else written[0][0]
    return subject, BETWEEN.join(body for _subject, body in written)


def _in_all(written: list[tuple[str, str]]) -> str:
    """The subject in all languages, for several people read it; in the first where that is too long."""
    together = " · ".join(dict.fromkeys(subject for subject, _body in written))
    return together if len(together) <= LONGEST_SUBJECT else written[0][0]


def write_notices(
    targets: Iterable[Target], *, grounds: Iterable[str], violations: Iterable[str]
) -> dict[str, dict[str, str]]:
    """One notice for everybody who is told the same, by the keys of `told_alike`."""
    on_grounds, by_items = list(grounds), list(violations)
    written = {}
    for key, steps in told_alike(targets).items():
        subject, body = write_notice(steps, grounds=on_grounds, violations=by_items)
        written[key] = {"subject": subject, "body": body.strip()}
    return written


def _said(
    steps: list[Target], grounds: list[str], violations: list[str], *, link: str
) -> tuple[str, dict[str, Any]]:
    """Which letter, and what it says, in the language that is active. The strongest step gives the place and the end.

    A member's says nothing about themself.
    """
    by_kind = {step.kind: step for step in steps}
    first = next((by_kind[kind] for kind in STRONGEST_FIRST if kind in by_kind), steps[0])
    if first.kind == "member":
        said = words_of(first, first.detail["name"])
        return "actions.later_member", {**said, "review_url": link}
    return "actions.notice", {
        "kept_out": not SHUTS.isdisjoint(by_kind),
        "reads": "mute" in by_kind,
        "pace": pace_of(by_kind["limit"].detail) if "limit" in by_kind else None,
        "asked": "ask" in by_kind,
        "warned": "warn" in by_kind,
        "by_hand": "other" in by_kind,
        "event": _event_name(first),
        "place": place_name(first.scope_kind, first.scope_id),
        "until": until_words(first),
        "grounds": _in_categories(grounds, violations),
        "host": settings.CONCORD_HOST_NAME,
        "team": team_name(),
        "review_url": link,
    }


def _event_name(target: Target) -> str:
    if target.scope_kind == "session":
        session = (
            Session.objects.select_related("convening").filter(id=target.scope_id or "").first()
        )
        return session.convening.name if session else ""
    if target.scope_kind == "convening":
        convening = Convening.objects.filter(id=target.scope_id or "").first()
        return convening.name if convening else ""
    return _("the events of %(host)s") % {"host": settings.CONCORD_HOST_NAME}


def _in_categories(grounds: Iterable[str], violations: Iterable[str]) -> str:
    """The grounds by category; an item of the policy says more than the ground that points at it."""
    items = [str(KINDS[code].name) for code in violations if code in KINDS]
    others = [str(GROUNDS[code]) for code in grounds if code in GROUNDS and code != "violation"]
    return "; ".join([*items, *others]) or str(GROUNDS["violation"])
