"""write_notice: the neutral letter to whoever loses access: what, until when, on which grounds, and how to answer.

It names no source, quotes nothing, and is shown to the coordinator, who may change it, and to whoever is asked
to agree, before anything happens. It is written in the language of the person it is about, and below that in the
house's own, so that nobody agrees to a text that they cannot read.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from concord.actions.look_at_later import words_of
from concord.actions.review_reference import review_link
from concord.concurrence.terms import GROUNDS, ON_A_PERSON, Target
from concord.concurrence.wording import place_name, until_words
from concord.convenings.models import Convening, Session
from concord.letters.send import compose
from concord.people.languages import languages_of
from concord.people.team_name import team_name
from concord.policy.violations import KINDS

LONGEST_SUBJECT = 200
BETWEEN = "\n* * *\n\n"
"""Between one language and the next."""


def write_notice(
    targets: Iterable[Target],
    *,
    grounds: Iterable[str],
    violations: Iterable[str],
) -> tuple[str, str]:
    """Subject and body; both empty when nobody loses access. Each notice has a link of its own.

    The subject is in the language of whoever loses access; the body in theirs and then in the house's own, with
    the same link. Several people of several languages get one text in all of them.
    """
    revoked = [target for target in targets if target.kind in ON_A_PERSON]
    if not revoked:
        return "", ""
    codes = [*languages_of(target.id for target in revoked), settings.LANGUAGE_CODE]
    link, grounds, violations = review_link(), list(grounds), list(violations)
    written = []
    for code in dict.fromkeys(codes):
        with override(code):
            kind, context = _said(revoked[0], grounds, violations, link=link)
        written.append(compose(kind, context=context, language=code))
    subject = written[0][0] if len(revoked) == 1 else _in_all(written)
    return subject, BETWEEN.join(body for _subject, body in written)


def _in_all(written: list[tuple[str, str]]) -> str:
    """The subject in all languages, for several people read it; in the first where that is too long."""
    together = " · ".join(dict.fromkeys(subject for subject, _body in written))
    return together if len(together) <= LONGEST_SUBJECT else written[0][0]


def _said(
    revoked: Target, grounds: list[str], violations: list[str], *, link: str
) -> tuple[str, dict[str, str]]:
    """Which letter, and what it says, in the language that is active. A member's says nothing about themself."""
    if revoked.kind == "member":
        said = words_of(revoked, revoked.detail["name"])
        return "actions.later_member", {**said, "review_url": link}
    return "actions.notice", {
        "event": _event_name(revoked),
        "place": place_name(revoked.scope_kind, revoked.scope_id),
        "until": until_words(revoked),
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
