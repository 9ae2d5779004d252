"""clean_text: what a person typed, without what could deceive or break a page; nothing else is changed."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.refusals import Refused

MOST_MARKS = 6
"""Combining marks on one letter: no written language stacks more; towers that cover other posts do."""

_JOINERS = "\u200c\u200d"
_OVERRIDES = "\u202a-\u202e\u2066-\u2069"
_UNSEEN = (
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\ufff0-\ufff8\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_NOT_TEXT = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_STRIPPED = re.compile(f"[{_CONTROLS}{_OVERRIDES}{_UNSEEN}{_NOT_TEXT}]")
_STRAY_JOINERS = re.compile(
    f"(?<![^\\s{_JOINERS}])[{_JOINERS}]+|[{_JOINERS}]+(?=\\s|$|[{_JOINERS}])"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_BLANK = re.compile(r"[\s\u2800\u034f\ufe0e\ufe0f\u200c\u200d]*")


class NothingWritten(Refused):
    words = _("There is nothing to send yet.")
    status = 409


class TooLong(Refused):
    words = _(
        "This is longer than one message can be. Send it in parts; what you wrote is still here."
    )
    status = 409


def clean_text(text: str) -> str:
    """The text as it is kept: composed (NFC), line ends alike, without controls, direction overrides and
    characters that nobody can see, with at most `MOST_MARKS` marks on a letter and one blank line at a time.

    The joiners stay where a script needs them, between two letters. Raises NothingWritten, TooLong.
    """
    most = settings.CONCORD_POST_LENGTH
    if len(text) > 4 * most:
        raise TooLong
    text = _STRIPPED.sub("", _LINE_ENDS.sub("\n", text))
    # Twice: composing a long run of marks costs its square, and composing takes some letters apart.
    text = _bound_marks(unicodedata.normalize("NFC", _bound_marks(text)))
    text = _STRAY_JOINERS.sub("", text)
    text = unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text)).strip()
    if _BLANK.fullmatch(text):
        raise NothingWritten
    if len(text) > most:
        raise TooLong
    return text


def _bound_marks(text: str) -> str:
    kept, run = [], 0
    for character in text:
        if character not in _JOINERS:  # a joiner between two marks must not begin a new tower
            run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run <= MOST_MARKS or character in _JOINERS:
            kept.append(character)
    return "".join(kept)
