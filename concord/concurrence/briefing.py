"""A proposal as one person reads it: what it asks, where it stands, and what this person can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.template.defaultfilters import date as date_words
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from concord.concurrence.called_now import as_called_now, labels_now
from concord.concurrence.contents import targets_of
from concord.concurrence.guards import is_on_the_team
from concord.concurrence.kinds import Effect, asks, effect_of, kind_of
from concord.concurrence.lend_standing import is_partly_done
from concord.concurrence.models import (
    Concurrence,
    Decision,
    Execution,
    Proposal,
    SetAside,
    State,
    Version,
)
from concord.concurrence.noes import about_of_noes
from concord.concurrence.open_version import Briefing
from concord.concurrence.propose import about_of, known_to, preview
from concord.concurrence.rings import came_later, left_to_ask
from concord.concurrence.terms import (
    DEPARTURES,
    GIVE_BACK,
    GROUNDS,
    LASTING,
    NAMED,
    ON_A_PERSON,
    SET_ASIDE,
    VALUES,
    Target,
    told_alike,
)
from concord.concurrence.wording import span_words, until_words
from concord.ledger.readings import last_of_any
from concord.people.models import StaffMember
from concord.policy.violations import KINDS
from concord.reports.change_choices import WISHES
from concord.vault import files

Words = str | Promise


@dataclass(frozen=True)
class Letter:
    """The exact text of a version, each code in words."""

    targets: list[Target]
    texts: dict[str, Any]
    wishes: str
    excerpts: list[tuple[str, str]]
    evidence: list[tuple[Words, str]]
    effect: Effect
    named_by_hand: list[str]

    @property
    def shows(self) -> list[tuple[Words, str]]:
        """What was flagged or reported, and what would go, each with what it is."""
        return [*self.excerpts, *self.evidence]

    @property
    def asks(self) -> str:
        return asks(self.targets)

    @property
    def gives_back(self) -> bool:
        """Whether it takes nothing from anybody."""
        return all(target.kind in GIVE_BACK for target in self.targets)

    @property
    def people(self) -> list[str]:
        found = (target.label for target in self.targets if target.kind in NAMED)
        return list(dict.fromkeys(found))

    @property
    def are_told(self) -> bool:
        """Whether a notice goes to anybody."""
        return any(target.kind in ON_A_PERSON for target in self.targets)

    @property
    def organisation(self) -> str:
        """The organisation that it is about; empty for one about people alone."""
        return next((each.label for each in self.targets if each.kind == "organisation"), "")

    @property
    def said_of_each(self) -> list[tuple[str, str]]:
        """What is to be read beside single steps, with what each is called."""
        lines = ((target.label, kind_of(target.kind).says(target)) for target in self.targets)
        return [(label, line) for label, line in lines if line]

    @property
    def each(self) -> list[tuple[str, str]]:
        """What is asked for each person, by name, where it is not the same for all."""
        if len(told_alike(self.targets)) < 2:
            return []
        steps: dict[str, list[Target]] = {}
        for target in self.targets:
            if target.kind in ON_A_PERSON:
                steps.setdefault(target.label, []).append(target)
        return [(name, asks(theirs)) for name, theirs in steps.items()]

    @property
    def by_hand(self) -> list[tuple[str, str]]:
        """What is done by hand, in the words that two people agree to, and who does it."""
        found = [target.detail for target in self.targets if target.kind == "other"]
        hands = StaffMember.objects.filter(person__in=[one["hand"] for one in found])
        names = {str(one.person_id): one.working_name for one in hands}
        return [(one["words"], names.get(one["hand"], "")) for one in found]

    @property
    def notices(self) -> list[tuple[list[str], str, str]]:
        """Each text with the people whom it goes to; without names where all are told the same."""
        own, told = self.texts.get("own_notices", {}), told_alike(self.targets)
        if not own:
            body = self.texts["notice_body"]
            return [([], self.texts["notice_subject"], body)] if body.strip() else []
        return [
            (
                list(dict.fromkeys(step.label for step in steps)),
                own[key]["subject"],
                own[key]["body"],
            )
            for key, steps in told.items()
            if key in own
        ]

    @property
    def set_aside(self) -> list[Words]:
        """What was considered and cannot be done."""
        return [SET_ASIDE.get(code, code) for code in self.texts.get("set_aside", ())]

    @property
    def until(self) -> str:
        return next((until_words(each) for each in self.targets if each.kind in LASTING), "")

    @property
    def why(self) -> str:
        """The reason; the finding instead where it says the same and more."""
        return self.texts["finding"] if self._finding_holds_the_reason else self.texts["reason"]

    @property
    def finding(self) -> str:
        """The finding, where it has not been said already."""
        return "" if self._finding_holds_the_reason else self.texts["finding"]

    @property
    def _finding_holds_the_reason(self) -> bool:
        return bool(self.texts["reason"]) and self.texts["reason"] in self.texts["finding"]

    @property
    def grounds(self) -> list[Words]:
        return [GROUNDS[code] for code in self.texts["grounds"]]

    @property
    def violations(self) -> list[Words]:
        return [KINDS[code].name for code in self.texts["violations"]]

    @property
    def value(self) -> Words:
        return VALUES.get(self.texts["value"], "")

    @property
    def departure(self) -> Words:
        return DEPARTURES.get(self.texts["departure"], "")


@dataclass(frozen=True)
class Standing:
    """Where the proposal stands, and since when; `is_orphaned` while its proposer has left and nobody took it over."""

    version: Version
    agreed: Concurrence | None
    execution: Execution | None
    lapsed: bool
    is_orphaned: bool

    @property
    def state(self) -> str:
        """`State`, with three more: lapsed as soon as the clock says so; checked once every step was; and partly,
        when it holds here and something still has to happen on a platform outside.
        """
        if self.verified_at is not None:
            return "partly" if self.execution and is_partly_done(self.execution) else "checked"
        return "lapsed" if self.lapsed else self.version.proposal.state

    @property
    def mark(self) -> str:
        """Which of the two-circle marks it carries."""
        return {
            "proposed": "proposed",
            "concurred": "agreed",
            "executed": "agreed",
            "checked": "done",
            "partly": "agreed",
            "declined": "declined",
        }.get(self.state, "lapsed")

    @property
    def decision(self) -> Decision | None:
        return Decision.objects.filter(execution=self.execution).first() if self.execution else None

    @property
    def verified_at(self) -> datetime | None:
        """When the last of its steps was verified; None while one is not."""
        if self.execution is None:
            return None
        out = SetAside.objects.filter(version=self.version).values("commitment")
        steps = self.execution.warrants.exclude(verified_at__isnull=True, commitment__in=out)
        moments = list(steps.values_list("verified_at", flat=True))
        verified = [moment for moment in moments if moment is not None]
        return max(verified) if verified and len(verified) == len(moments) else None

    @property
    def until_agreed(self) -> str:
        """How long it took until somebody agreed, in words."""
        return (
            span_words(self.agreed.concurred_at - self.version.submitted_at) if self.agreed else ""
        )

    @property
    def until_checked(self) -> str:
        """How long from there until every step was seen to hold."""
        checked = self.verified_at
        return (
            span_words(checked - self.execution.executed_at) if checked and self.execution else ""
        )


@dataclass(frozen=True)
class Part:
    """What this person can do with it now."""

    coordinates: bool
    proposed_it: bool
    may_agree: bool
    may_open_full: bool
    said_no: bool
    may_take_back: bool
    may_execute: bool
    may_change: bool
    must_adopt: bool
    may_adopt: bool


def letter_of(briefing: Briefing, *, at: datetime) -> Letter:
    """The text of a version; its effect as it stands now while it is open, as it was agreed to after that.

    People are read by the names they go by now: neither their own words nor what was signed change by it.
    """
    contents = briefing.contents
    sealed = targets_of(contents)
    targets = as_called_now(sealed, case=briefing.version.proposal.case)
    labels = labels_now(sealed, targets)
    is_open = briefing.version.proposal.state in (State.PROPOSED, State.CONCURRED)
    return Letter(
        targets=targets,
        texts=contents["texts"],
        wishes=contents["wishes"],
        excerpts=[
            (step["label"], step["excerpt"]) for step in contents["steps"] if step["excerpt"]
        ],
        evidence=shown_lines(
            [
                one | {"label": labels.get(one["label"], one["label"])}
                for one in contents.get("evidence", [])
            ]
        ),
        effect=effect_of(preview(sealed, at=at) if is_open else contents["preview"]),
        named_by_hand=list(
            dict.fromkeys(
                target.label
                for target, step in zip(targets, contents["steps"], strict=True)
                if step["named_by_hand"]
            )
        ),
    )


def shown_lines(evidence: list[dict[str, Any]]) -> list[tuple[Words, str]]:
    """Each piece that a version shows, with the words above it."""
    return [(_line(one), one["text"]) for one in evidence]


def _line(piece: dict[str, Any]) -> Words:
    if piece["kind"] == "report":
        return _("From a report")
    at = piece["at"]  # when somebody reported is nobody's to know
    when = date_words(datetime.fromisoformat(at), "j F, H:i T") if at else ""
    if piece["kind"] == "moment":
        said = _("%(room)s, %(when)s, in the words of whoever flagged it")
        return said % {"room": piece["room"], "when": when}
    return ", ".join(part for part in (piece["label"], piece["room"], when) if part)


def standing_of(version: Version, *, at: datetime) -> Standing:
    """Where the newest version of a proposal stands."""
    stood = version.concurrences.exclude(voided_at__lt=version.lapses_at)
    agreed = stood.order_by("-concurred_at").first()
    is_open = version.proposal.state in (State.PROPOSED, State.CONCURRED)
    return Standing(
        version=version,
        agreed=agreed,
        execution=Execution.objects.filter(concurrence=agreed).first() if agreed else None,
        lapsed=is_open and at >= version.lapses_at,
        is_orphaned=is_open and not is_on_the_team(version.proposer, at=at),
    )


def asked_of(version: Version, targets: list[Target], *, at: datetime) -> list[StaffMember]:
    """Whom it was put before, and who may agree and has not answered."""
    return left_to_ask(version, about=about_of(targets), at=at)


def newcomers(briefing: Briefing, targets: list[Target], *, at: datetime) -> list[StaffMember]:
    """Who could agree by now and was not given this text: it is put before them anew."""
    earlier = about_of_noes(briefing.earlier)
    whom = {"about": about_of(targets), "earlier": earlier, "known_to": known_to(targets)}
    return came_later(briefing.version, **whom, at=at)


def part_of(staff: StaffMember, standing: Standing, asked: list[StaffMember]) -> Part:
    """What this person can do; the verbs ask again."""
    case = standing.version.proposal.case
    coordinates = staff in (case.coordinator, case.deputy)
    agreed = standing.agreed if standing.agreed and standing.agreed.voided_at is None else None
    proposed_it = staff.person_id == standing.version.proposer
    may_change = (
        coordinates
        and standing.state in (State.PROPOSED, State.CONCURRED, "lapsed")
        and standing.version.proposal.state in (State.PROPOSED, State.CONCURRED)
    )
    is_orphaned = standing.is_orphaned and standing.state == State.PROPOSED and coordinates
    return Part(
        coordinates=coordinates,
        proposed_it=proposed_it,
        may_agree=standing.state == State.PROPOSED and staff in asked and not standing.is_orphaned,
        may_open_full=standing.state == State.PROPOSED
        and staff in asked
        and not coordinates
        and staff.person_id in files.dormant_readers(case.file),
        said_no=standing.version.declines.filter(person=staff.person_id).exists(),
        may_take_back=standing.state == State.CONCURRED
        and agreed is not None
        and agreed.person == staff.person_id,
        may_execute=standing.state == State.CONCURRED and coordinates,
        may_change=may_change,
        must_adopt=is_orphaned,
        may_adopt=may_change and not proposed_it and not is_orphaned,
    )


def wishes_changed(version: Version) -> bool:
    """Whether somebody who reported changed what they wish after this text was written, while it is open.

    It keeps nobody from acting: whoever reads the text is told, and whoever coordinates reads what they wish now.
    """
    proposal = version.proposal
    if proposal.state not in (State.PROPOSED, State.CONCURRED):
        return False
    reports = proposal.case.sources.filter(report__isnull=False).values_list("report", flat=True)
    last = last_of_any([WISHES], subjects=[each for each in reports if each])
    return last is not None and last > version.submitted_at


def names_of(*persons: UUID | None) -> dict[UUID, str]:
    """Working names by person, for the people of a proposal."""
    found = StaffMember.objects.filter(person__in=[one for one in persons if one])
    return dict(found.values_list("person_id", "working_name"))


def newest(proposal: Proposal) -> Version:
    """The version to read, with what a page of it needs."""
    return (
        Version.objects.select_related("proposal__case__coordinator", "proposal__case__deputy")
        .filter(proposal=proposal)
        .order_by("-number")[0]
    )
