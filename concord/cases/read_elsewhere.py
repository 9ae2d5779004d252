"""read_elsewhere: whether a text holds what belongs to another case: a paste into the wrong form (K-CONF-1).

Only what its author may see anyway is compared: codes of what is visible to them, names in cases they can open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from concord.cases.models import OVER, Case
from concord.cases.parties import known_in, known_parties
from concord.letters.outgoing import SeemsToBelongElsewhere
from concord.monitoring.models import Flag
from concord.names import fold
from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.reports.read_report import told_in
from concord.vault.keyring import Keyring
from concord.vault.sight import is_read_by

CODE = re.compile(r"(?<!\w)([A-HJKMNP-TV-Z2-9]{4})[\s‐‑–-]?([A-HJKMNP-TV-Z2-9]{4})(?!\w)")  # noqa: RUF001
SHORTEST_NAME = 4
MOST_CASES = 40
"""The newest of their cases: the ones that lie open beside each other."""


def read_elsewhere(
    *texts: str,
    about: UUID,
    by: UUID,
    keyring: Keyring,
    at: datetime,
    meant: Collection[str] = (),
) -> None:
    """Raise `SeemsToBelongElsewhere` with each code or name that is another case's, unless it is `meant`.

    The outside contact, who is not on the team, has one report before them and no other case to paste from.
    """
    whole = "\n".join(texts)
    author = StaffMember.objects.filter(person_id=by).first()
    if author is None:
        return
    home = Case.objects.filter(id=about).first()
    report = Report.objects.filter(id=about).first()
    home = home or Case.objects.filter(sources__report=report).first() if report else home
    found = [*_codes(whole, author, home, about)]
    if home or report:
        found += _names(whole, author, home, report, keyring)
    asked = [(typed, code) for typed, code in dict(found).items() if typed not in meant]
    if asked:
        raise SeemsToBelongElsewhere(asked, subject=about)


def _codes(
    text: str, author: StaffMember, home: Case | None, about: UUID
) -> Iterator[tuple[str, str]]:
    written = {f"{one[1]}-{one[2]}": one[0] for one in CODE.finditer(text.upper())}
    own = {about, *_ids(home)}
    for things in (Case, Report, Flag):
        visible = things.objects.visible_to(author).filter(code__in=written).exclude(id__in=own)
        for code in visible.values_list("code", flat=True):
            yield written[code], code


def _ids(home: Case | None) -> set[UUID]:
    """The ids of a case and of what it rests on."""
    if home is None:
        return set()
    pairs = home.sources.values_list("flag", "report")
    return {home.id, *(id for pair in pairs for id in pair if id)}


def _names(
    text: str,
    author: StaffMember,
    home: Case | None,
    report: Report | None,
    keyring: Keyring,
) -> Iterator[tuple[str, str]]:
    spelled = f" {_words(text)} "
    known_here = _known_here(home, report, keyring)
    others = _others(author, home)
    known = known_in(others, keyring=keyring)
    for case in others:
        for party in known[case.id]:
            for name in party.spellings:
                words = _words(name)
                if len(words) < SHORTEST_NAME or f" {words} " not in spelled or words in known_here:
                    continue
                yield (words if name in party.also else name), case.code


def _others(author: StaffMember, home: Case | None) -> list[Case]:
    cases = Case.objects.filter(is_read_by(author.person_id)).exclude(state__in=OVER)
    if home is not None:
        cases = cases.exclude(id=home.id)
    return list(cases.order_by("-opened_at")[:MOST_CASES])


def _known_here(home: Case | None, report: Report | None, keyring: Keyring) -> str:
    """Everything that this case, or report, knows by itself: a name in two cases is in the right place in both."""
    parts = []
    if home is not None:
        parts += [name for one in known_parties(home, keyring=keyring) for name in one.spellings]
    reports = [report] if report else []
    if home is not None:
        reports += [one.report for one in home.sources.select_related("report") if one.report]
    for each in reports:
        told = told_in(each, keyring=keyring)
        parts += [told.all_words]
        parts += [told.source.author, told.source.known_as] if told.source else []
    return _words("\n".join(parts))


def _words(text: str) -> str:
    """Folded words with one space between them."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))
