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

from concord.actions.review_reference import review_link
from concord.concurrence.terms import GROUNDS, Target
from concord.concurrence.wording import place_name, until_words
from concord.convenings.models import Convening, Session
from concord.letters.send import compose
from concord.people.languages import languages_of
from concord.people.team_name import team_name
from concord.policy.violations import KINDS

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
    revoked = [target for target in targets if target.kind == "revoke"]
    if not revoked:
        return "", ""
    codes = [*languages_of(target.id for target in revoked), settings.LANGUAGE_CODE]
    link, grounds, violations = review_link(), list(grounds), list(violations)
    written = []
    for code in dict.fromkeys(codes):
        with override(code):
            context = _said(revoked[0], grounds, violations, link=link)
        written.append(compose("actions.notice", context=context, language=code))
    return written[0][0], BETWEEN.join(body for _subject, body in written)


def _said(
    revoked: Target, grounds: list[str], violations: list[str], *, link: str
) -> dict[str, str]:
    """What the letter says, in the language that is active."""
    return {
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
