"""publish_version: the next numbered version, in force from a moment on, never altered (P-EFFECT-1, P-UPDATE-1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from concord.ledger.record import record
from concord.people.designate import must_plan
from concord.people.models import StaffMember
from concord.policy.models import Text, Version
from concord.policy.text import CREDIT_LENGTH, LANGUAGE_LENGTH, check, digest, plain
from concord.refusals import Refused


class WouldReachBack(Refused):
    """Conduct is judged by the version in force when it happened; none may change that afterwards."""

    words = _(
        "This date lies in the past, or before the newest version. A version can only apply to what comes."
    )
    status = 409


class NeedsCredit(Refused):
    """Every version thanks those whose work it builds on (K-ATTR-1)."""

    words = _("Every version keeps its line of credit.")
    status = 409


@transaction.atomic
def publish_version(
    *,
    texts: Mapping[str, Mapping[str, Any]],
    effective_from: datetime,
    credit: str,
    by: StaffMember | None,
    at: datetime,
) -> Version:
    """Publish the next version; `texts` maps a language to a title and sections (`policy.text.check`).

    The very first may have been in force before it came here. `by` is None at set-up and from the command line.
    Raises NotYoursToDesignate, WouldReachBack, NeedsCredit; ValueError for a text without shape or in no language.
    """
    must_plan(by, at=at)
    if not credit.strip():
        raise NeedsCredit()
    if len(credit.strip()) > CREDIT_LENGTH or "\0" in credit:
        raise ValueError(f"the line of credit has at most {CREDIT_LENGTH} letters")
    if not texts:
        raise ValueError("a version has at least one text")
    for language, text in texts.items():
        _must_be_known(language)
        check(text)
    newest = Version.objects.select_for_update().order_by("-number").first()
    if newest is not None and (effective_from < at or effective_from <= newest.effective_from):
        raise WouldReachBack()
    actor = by.person_id if by else None
    version = Version.objects.create(
        number=newest.number + 1 if newest else 1,
        published_at=at,
        published_by=actor,
        effective_from=effective_from,
        credit=credit.strip(),
    )
    for language, text in texts.items():
        _add(version, language, text)
    record("policy.publish_version", actor=actor, subject=None, at=at, number=version.number)
    return version


def _must_be_known(language: str) -> None:
    """Its page says which language it is in, and runs the way that language is written."""
    try:
        known = len(language) <= LANGUAGE_LENGTH and bool(get_language_info(language))
    except KeyError:
        known = False
    if not known:
        raise ValueError(f"{language} is no code of a language that the pages can name, such as en")


def _add(version: Version, language: str, text: Mapping[str, Any]) -> Text:
    title, sections = text["title"], list(text["sections"])
    return Text.objects.create(
        version=version,
        language=language,
        title=title,
        sections=sections,
        digest=digest(plain(title, sections, credit=version.credit)),
    )
