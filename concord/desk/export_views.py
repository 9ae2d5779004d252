"""A copy of a case on paper: names covered, internal notes left out, its reader's name on every part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from concord.cases.classify_case import read_classification
from concord.cases.desk_views import find_case
from concord.cases.export_case import Exported, export_case
from concord.cases.forms import ROLE_WORDS
from concord.cases.models import Case
from concord.cases.parties import Known
from concord.cases.read_case import Opened
from concord.desk.timeline import timeline_of
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.survivors.read_text import mask_everybody
from concord.vault.keyring import Keyring

REPEATS = {"outing", "misgender"}
"""A copy of what was said there would make known again what somebody did not choose to show."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Part:
    """One thing in the copy: where it came from, when, and its words with every name covered."""

    kind: str
    code: str
    at: datetime | None
    words: list[str]
    left_out: bool = False


@door(works_on_cases)
@require_POST
def export(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Make a copy. Each is another one, under another number, and an entry; so it is made by a press."""
    found = find_case(request, case_id)
    exported = export_case(
        found,
        by=request.staff_member,
        keyring=request.keyring,
        at=request.at,
        with_notes=request.POST.get("with_notes") == "yes",
    )
    context = {
        "case": found,
        "export": exported.export,
        "reader": request.staff_member.working_name,
        "parts": _parts(exported, keyring=request.keyring),
        "people": _people(exported.opened.parties),
        "timeline": timeline_of(found),
    }
    return render(request, "desk/export.html", context)


def _parts(exported: Exported, *, keyring: Keyring) -> list[Part]:
    opened = exported.opened
    if _tells_what_was_hidden(exported.export.case, opened, keyring=keyring):
        return [
            *(Part("flag", one.flag.code, one.flag.raised_at, [], True) for one in opened.flags),
            *(
                Part("report", one.report.code, one.report.received_at, [], True)
                for one in opened.reports
            ),
        ]

    def covered(*texts: str) -> list[str]:
        return [mask_everybody(text, opened.parties) for text in texts if text.strip()]

    flags = [
        Part(
            "flag",
            one.flag.code,
            one.flag.raised_at,
            covered(one.seen.words, *one.excerpts, one.judgement),
        )
        for one in opened.flags
    ]
    reports = [
        Part(
            "report",
            one.report.code,
            one.report.received_at,
            covered(one.told.wishes, one.told.text, *(word.text for word in one.words)),
        )
        for one in opened.reports
    ]
    posts = [
        Part("post", str(one["number"]), None, covered(one["text"])) for one in opened.evidence
    ]
    notes = [Part("note", "", note.written_at, covered(text)) for note, text in opened.notes]
    return [*flags, *reports, *posts, *notes]


def _tells_what_was_hidden(case: Case, opened: Opened, *, keyring: Keyring) -> bool:
    """Whether anybody, or the team, said that somebody was outed or called by a rejected name (V-OUTING-1)."""
    ticked = {code for each in opened.reports for code in each.told.kinds}
    return bool(REPEATS & (ticked | set(read_classification(case, keyring=keyring).kinds)))


def _people(parties: list[Known]) -> list[tuple[str, Any]]:
    """Letter and role; who they are stays in the case (K-PRIV-1)."""
    return [
        (letter, ROLE_WORDS.get(party.role, ""))
        for letter, party in zip(LETTERS, parties, strict=False)
    ]
