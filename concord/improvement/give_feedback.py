"""give_feedback: whoever reported says how we handled it; what they say leads back to nobody (I-IMPROVE-1)."""

from __future__ import annotations

import random
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from concord.improvement.ask_feedback import month_of
from concord.improvement.keep_book import keep_book
from concord.improvement.models import Book, Feedback
from concord.letterbox.models import Box
from concord.letterbox.read import Opened, read
from concord.letterbox.replace import replace
from concord.letterbox.session import Held
from concord.refusals import Refused
from concord.reports.own_copy import ASKED, FEEDBACK
from concord.vault import files

GIVEN = b"given"
ANSWERS = ("yes", "partly", "no")


class NotAskedFor(Refused):
    """Feedback is given once, when all is done; and twice by one person would be counted as two."""

    words = _("You have told us already, or it is not over yet. Thank you.")
    status = 409
    is_kept = False


class Opinion(NamedTuple):
    """What somebody thought. Each part may be empty."""

    heard: str = ""
    wishes: str = ""
    safer: str = ""
    words: str = ""


@transaction.atomic
def give_feedback(opinion: Opinion, *, held: Held, at: datetime) -> Feedback:
    """Keep it without any key to the report, the case or the box. Raises NotAskedFor.

    There is no entry in the ledger, for its moment would be that of the page they had open. For the same reason
    the rows of a month are written anew in an order of chance, and the note in the box bears the time of the offer,
    so that one that was taken looks like one that was not.
    """
    # Two presses at once are one: whoever comes second finds the offer taken.
    Box.objects.select_for_update().filter(id=held.box.id).first()
    asked = _asked_in(held)
    if asked is None:
        raise NotAskedFor
    month = month_of(at)
    book = Book.objects.first() or keep_book(at=at)
    given = Feedback(month=month, heard=opinion.heard, wishes=opinion.wishes, safer=opinion.safer)
    given.sealed = files.seal(book.file, opinion.words.strip().encode(), about=about(given))
    _lay_among_others(given)
    replace(held.box, GIVEN, kind=FEEDBACK, at=asked.pushed_at)
    return given


def may_give(held: Held) -> bool:
    """Whether the offer lies in this box, and was not taken yet."""
    return _asked_in(held) is not None


def about(feedback: Feedback) -> str:
    return f"feedback:{feedback.id}"


def _lay_among_others(given: Feedback) -> None:
    """A database keeps rows in the order in which they came."""
    rows = [given, *Feedback.objects.select_for_update().filter(month=given.month)]
    Feedback.objects.filter(month=given.month).delete()
    random.SystemRandom().shuffle(rows)
    Feedback.objects.bulk_create(rows)


def _asked_in(held: Held) -> Opened | None:
    there = read(held.box, held.code)
    return next((one for one in there if (one.kind, one.plaintext) == (FEEDBACK, ASKED)), None)
