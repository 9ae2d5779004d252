"""read_case: open a case, and leave in the ledger who did (K-CONF-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from concord.cases.keep_evidence import read_evidence
from concord.cases.models import Case, Note
from concord.cases.parties import Known, known_parties
from concord.cases.seats import seats_who_see
from concord.cases.write_note import read_note
from concord.ledger.readings import readings
from concord.ledger.record import record
from concord.monitoring.desk_stream import tell_desks
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import Message, read_flag, read_judgement, read_messages
from concord.monitoring.seen import Seen
from concord.names import fold
from concord.people.models import StaffMember
from concord.reports.models import Report
from concord.reports.read_report import OnlyCurrentStaff, Said, read_report, read_words
from concord.reports.told import Source, Told
from concord.vault.keyring import Keyring

DEPUTY_READS = "cases.deputy_reads"


@dataclass(frozen=True)
class OpenedFlag:
    """A flag in the clear: what was seen, and why somebody said that it needs action.

    Where screening raised it: every message in it that was kept, and how many more were counted.
    """

    flag: Flag
    seen: Seen
    judgement: str
    written: list[Message]
    more_written: int

    @property
    def excerpts(self) -> list[str]:
        """What was written, each message once."""
        return [one.seen.excerpt for one in self.written] or [self.seen.excerpt]


@dataclass(frozen=True)
class OpenedReport:
    """A report in the clear, with what was said since."""

    report: Report
    told: Told
    words: list[Said]


@dataclass(frozen=True)
class Opened:
    """A case in the clear, for one page."""

    flags: list[OpenedFlag]
    reports: list[OpenedReport]
    parties: list[Known]
    notes: list[tuple[Note, str]]
    evidence: list[dict[str, Any]]

    @property
    def wishes(self) -> str:
        """What the reporting people wished, shown first and beside every proposal (K-WISH-1)."""
        return "\n".join(each.told.wishes for each in self.reports if each.told.wishes.strip())

    @property
    def told(self) -> list[str]:
        """What people told in their own words: reports, what was said since, and the words beside a flag."""
        said = [word.text for one in self.reports for word in one.words if not word.by_staff]
        reports = [text for one in self.reports for text in (one.told.text, one.told.wishes)]
        return [*(one.seen.words for one in self.flags), *reports, *said]

    @property
    def writers(self) -> set[UUID]:
        """Who wrote the posts that were flagged, or reported."""
        return {person for _name, person, wrote in self._seen if wrote}

    def shown_as(self, name: str) -> set[UUID]:
        """Who was shown under this name when they were flagged or reported, whatever they are called since."""
        wanted = fold(name)
        return {person for shown, person, _wrote in self._seen if fold(shown) == wanted}

    @property
    def _seen(self) -> list[tuple[str, UUID, bool]]:
        shown: list[tuple[Seen | Source, bool]] = [(one.seen, True) for one in self.flags]
        reported = (one.told.source for one in self.reports)
        shown += [(source, source.kind == "post") for source in reported if source]
        return [
            (name, seen.author_id, wrote)
            for seen, wrote in shown
            if seen.author_id
            for name in {seen.author, seen.known_as} - {""}
        ]


@transaction.atomic
def read_case(case: Case, *, by: StaffMember | None, keyring: Keyring, at: datetime) -> Opened:
    """Everything in the case; `by` is None for the outside contact. Raises NoGrant for whoever holds no key,
    and `OnlyCurrentStaff` for whoever left, whatever they still hold: closed or not (K-CONF-1).

    That the deputy opened it is announced to the coordinator, once.
    """
    if by is not None and not by.is_current(at):
        raise OnlyCurrentStaff(subject=case.id)
    sources = list(case.sources.select_related("flag__room", "report"))
    opened = Opened(
        flags=[_flag(each.flag, keyring, at) for each in sources if each.flag],
        reports=[_report(each.report, keyring, at) for each in sources if each.report],
        parties=known_parties(case, keyring=keyring),
        notes=[(note, read_note(note, keyring=keyring)) for note in case.notes.all()],
        evidence=[
            read_evidence(each, keyring=keyring) for each in case.evidence.order_by("kept_at")
        ],
    )
    actor = by.person_id if by else keyring.holder
    record("cases.read_case", actor=actor, subject=case.id, at=at)
    if by is not None and by.id == case.deputy_id:
        _announce(case, by, at=at)
    return opened


def _announce(case: Case, deputy: StaffMember, *, at: datetime) -> None:
    """Once for each deputy: the coordinator learns that somebody else has read it by now, and so does the timeline."""
    if any(one.actor == deputy.person_id for one in readings(case.id, verb=DEPUTY_READS)):
        return
    held = Case.objects.select_for_update().get(id=case.id)
    if any(one.actor == deputy.person_id for one in readings(case.id, verb=DEPUTY_READS)):
        return
    record(DEPUTY_READS, actor=deputy.person_id, subject=case.id, at=at)
    tell_desks(seats_who_see(held) & {held.coordinator.person_id}, "case", case.id)


def _flag(flag: Flag, keyring: Keyring, at: datetime) -> OpenedFlag:
    return OpenedFlag(
        flag,
        read_flag(flag, keyring=keyring, at=at),
        read_judgement(flag, keyring=keyring),
        *read_messages(flag, keyring=keyring),
    )


def _report(report: Report, keyring: Keyring, at: datetime) -> OpenedReport:
    return OpenedReport(
        report, read_report(report, keyring=keyring, at=at), read_words(report, keyring=keyring)
    )
