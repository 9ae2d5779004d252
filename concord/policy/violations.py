"""What is a violation, and on which grounds people are harassed: the lists that reports and flags point at.

Both lists are the policy's (V-DEF-1 to V-ASSIST-1, P-GROUNDS-1). They are not closed: "other" is always
there, a reporter need not choose, and nobody who takes part is ever asked for a ground about themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """A kind of violation: its code, its short name, and what it covers."""

    code: str
    name: str | Promise
    words: str | Promise


_KINDS = (
    Kind(
        "comment",
        _("Offensive or unwelcome remarks"),
        _(
            "Slurs, insulting names, stereotypes, or contempt passed off as a joke, on any of our grounds."
        ),
    ),
    Kind(
        "material",
        _("Hostile texts, pictures or recordings"),
        _("Showing, sending or spreading material that mocks or degrades a person or a group."),
    ),
    Kind(
        "outing",
        _("Outing"),
        _(
            "Making known, on purpose, any part of who somebody is that they did not choose to share."
        ),
    ),
    Kind(
        "misgender",
        _("Misgendering, or using a rejected name"),
        _("Calling somebody, on purpose, by a gender or a name that is not theirs."),
    ),
    Kind(
        "silence",
        _("Intimidating or silencing"),
        _("Keeping somebody from speaking, or breaking up a discussion again and again."),
    ),
    Kind(
        "threat",
        _("Threats and calls to violence"),
        _(
            "Threatening anyone, calling for violence, or urging somebody to harm or kill themselves."
        ),
    ),
    Kind(
        "stalk",
        _("Stalking"),
        _(
            "Writing to somebody again after they asked you to stop, taking pictures or recordings they do not "
            "want, or following and logging what they do without their consent."
        ),
    ),
    Kind(
        "confid",
        _("Breaking confidentiality"),
        _(
            "Passing on what was shared in confidence, or publishing private messages without consent."
        ),
    ),
    Kind(
        "sexual",
        _("Unwelcome sexual attention"),
        _(
            "Innuendo, sexual jokes, remarks, gestures or propositions, requests for sexual favours, "
            "and asking for a date again after a no."
        ),
    ),
    Kind(
        "sexmat",
        _("Sexual material"),
        _(
            "Sexual texts or pictures, by any channel, that are gratuitous, off topic or meant to hurt."
        ),
    ),
    Kind(
        "retal",
        _("Retaliation"),
        _(
            "Any attempt to frighten or pay back somebody who reported or answered a report, "
            "who was a witness, or who handled a report for us."
        ),
    ),
    Kind(
        "assist",
        _("Helping with a violation"),
        _("Encouraging, supporting or assisting anything on this list."),
    ),
    Kind(
        "other",
        _("Something else"),
        _(
            "Any other conduct meant to threaten, intimidate, silence or coerce. This list is not complete."
        ),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
"""The kinds of violation by code, in the policy's order."""

GROUNDS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "gender": _("gender identity and expression"),
        "orientation": _("sexual orientation"),
        "nationality": _("nationality"),
        "origin": _("origin"),
        "race": _("race"),
        "ethnicity": _("ethnicity"),
        "religion": _("religion"),
        "age": _("age"),
        "disability": _("disability"),
        "politics": _("political affiliation"),
        "appearance": _("physical appearance"),
    }
)
"""The eleven grounds by code. None may be taken from the list; all of them count for every kind."""
