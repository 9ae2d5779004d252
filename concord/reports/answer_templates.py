"""Beginnings of an answer, in the language of whoever reported, for staff to put into their own words.

Each leaves a gap that has to be filled before it can be sent: a person answers, not a template (I-SENSITIVE-1).
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


class Template(NamedTuple):
    """What staff choose it by, and its text."""

    code: str
    name: str | Words
    text: str | Words


TEMPLATES = [
    Template(
        "thanks",
        _("Thanks, and what happens next"),
        _(
            "Thank you for writing to us. It was not your task to carry this alone.\n\n"
            "A person has read every word. […]\n\n"
            "What happens next: we look at it together, and decide only when two of us agree. We keep it to the "
            "people you were told of. You will find news here, with your code."
        ),
    ),
    Template(
        "enough",
        _("Nothing more is needed"),
        _(
            "Thank you. What you wrote is enough for us to go on. […]\n\n"
            "You do not have to do anything else, and nothing waits for you. If you ever want to add something, "
            "you can, here."
        ),
    ),
    Template(
        "question",
        _("A question, as an offer"),
        _(
            "Thank you for what you told us. […]\n\n"
            "One thing would help us keep you safe, if you want to say it: […]\n\n"
            "You need not answer. We go on either way."
        ),
    ),
    Template(
        "status",
        _("Where it stands"),
        _(
            "Your report has not been forgotten. […]\n\n"
            "We are still working on it, and will write again within a week, also when there is nothing new. "
            "Nothing is asked of you."
        ),
    ),
    Template(
        "outcome",
        _("What was done"),
        _(
            "We have come to an end with what you told us. […]\n\n"
            "You will never be asked to meet the person you told us about, or to talk with them. "
            "If anything happens that feels like an answer to your report, tell us here at once: it is urgent to us."
        ),
    ),
]
"""In the order in which they are mostly needed."""


def begin(code: str, *, language: str, after: str = "") -> str:
    """A template's text in a language, below what had been typed; an unknown code changes nothing."""
    found = next((one for one in TEMPLATES if one.code == code), None)
    if found is None:
        return after
    with override(language):
        text = str(found.text)
    return f"{after.rstrip()}\n\n{text}" if after.strip() else text
