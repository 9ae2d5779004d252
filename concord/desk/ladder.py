"""What can be proposed about one person, from mild to strong: read at a glance by somebody who was woken for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.functional import Promise as Words
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from concord.actions.limit_writing import PACES
from concord.concurrence.terms import Target
from concord.desk.around import Scope

NOTHING = ""
AS_FOR_ALL = "as_for_all"
MANY = 4
"""From so many people on, one choice is offered for all of them."""
_rung = lazy(lambda name, what: format_html("<b>{}</b> <span>{}</span>", name, what), SafeString)
RUNGS: dict[str, Any] = {
    NOTHING: _rung(_("Nothing"), _("happens to them")),
    "warn": _rung(_("Warn"), _("a letter says what has to change")),
    "ask": _rung(_("Ask to leave"), _("they are asked alone, and may stay")),
    "limit": _rung(_("Slow down"), _("one message every 10 minutes, or as you say below")),
    "mute": _rung(_("Read only"), _("they read, and write nothing")),
    "revoke": _rung(_("Remove"), _("no access")),
    "other": _rung(_("Something else"), _("done by hand; say what, below")),
}
"""Each rung by its kind of step, from mild to strong; the order is that of the form."""
FOR_ALL: dict[str, Any] = {kind: words for kind, words in RUNGS.items() if kind != "other"}
FOR_ONE_OF_MANY: dict[str, Any] = {
    **RUNGS,
    AS_FOR_ALL: _rung(_("As for all"), _("what is chosen for all of them, above")),
}
USUAL_PACE = 10

STABILISES = _("It stops what was reported for those who are in the room now.")
CONSIDERED = _("Doing nothing for now; a warning; slowing or pausing the room for everyone.")
LESS_SEVERE: dict[str, str | Words] = {
    "revoke": _(
        "A warning or a brake on the room would leave whoever it was aimed at with the person reported, "
        "or take the room from everyone. This touches one person, in one session, for a day."
    ),
    "mute": _(
        "A letter alone would let it go on now, and a brake would take the room from everyone. They go on reading; "
        "this touches one person, in one session, for a day."
    ),
    "limit": _(
        "A letter alone would let it go on at the same pace. They go on reading and writing; this touches one "
        "person, in one session, for a day."
    ),
    "ask": _(
        "A letter alone would come after the session. Nothing is taken from them: they decide."
    ),
    "warn": _("It is the mildest step there is: it takes nothing from anybody."),
    NOTHING: _("Nothing is taken from a person."),
}
"""What a short proposal says of milder steps, by the strongest that it takes."""


def assumed_for(kinds: Iterable[str]) -> dict[str, str]:
    """What a short proposal of these rungs says when nothing else is typed; shown before it is sent."""
    kinds = set(kinds)
    strongest = next((kind for kind in reversed(list(RUNGS)) if kind in kinds), NOTHING)
    return {
        "stabilises": str(STABILISES),
        "considered": str(CONSIDERED),
        "less_severe": str(LESS_SEVERE.get(strongest, "")),
    }


def step_on(
    person: UUID, rung: str, *, name: str, scope: Scope, typed: dict[str, Any]
) -> Target | None:
    """The step that a rung stands for; none for `NOTHING`."""
    if rung == NOTHING:
        return None
    detail: dict[str, Any] = {}
    if rung == "limit":
        detail = {"pace": int(typed.get("pace") or USUAL_PACE)}
    if rung == "other":
        detail = {
            "words": typed.get("other_words", "").strip(),
            "hand": typed.get("other_hand", ""),
        }
    return Target(
        rung,
        person,
        name,
        scope.kind,
        scope.id,
        typed.get("until_at"),
        typed.get("review_on"),
        detail,
    )


def chosen_before(targets: list[Target]) -> dict[str, Any]:
    """The contents of the ladder for steps that were proposed before."""
    chosen: dict[str, Any] = {}
    for target in targets:
        if target.kind not in RUNGS:
            continue
        chosen[f"step_{target.id}"] = target.kind
        if target.kind == "limit" and target.detail.get("pace") in PACES:
            chosen["pace"] = target.detail["pace"]
        if target.kind == "other":
            chosen["other_words"] = target.detail.get("words", "")
            chosen["other_hand"] = target.detail.get("hand", "")
    return chosen
