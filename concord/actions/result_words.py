"""result_words: what came of a request, in the words of whoever opens the box; nothing of why."""

from __future__ import annotations

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

_RESULTS: dict[str, str | Words] = {
    "review.upheld": _("Somebody who had no part in the decision looked at it again. It stands."),
    "review.varied": _(
        "Somebody who had no part in the decision looked at it again. It ends earlier."
    ),
    "review.overturned": _(
        "Somebody who had no part in the decision looked at it again, and took it back. You can come in "
        "again. We are sorry."
    ),
    "not_me.upheld": _(
        "We looked at it, and nothing shows that it was meant for somebody else. It stays as it is."
    ),
    "not_me.overturned": _(
        "It was meant for somebody else. You can come in again. We are sorry for the trouble."
    ),
    "left.upheld": _("Somebody who had no part in it looked at it again. It stays as it is."),
    "left.overturned": _(
        "Somebody who had no part in it looked at it again. We are looking into it anew."
    ),
    "reporter.upheld": _("Somebody who had no part in the decision looked at it again. It stands."),
    "reporter.varied": _(
        "Somebody who had no part in the decision looked at it again. It ends earlier."
    ),
    "reporter.overturned": _(
        "Somebody who had no part in the decision looked at it again, and took it back."
    ),
}


def result_words(kind: str) -> str:
    """In words; empty for an answer, which has words of its own."""
    return str(_RESULTS.get(kind, ""))
