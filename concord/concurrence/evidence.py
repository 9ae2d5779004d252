"""What a colleague is shown of what was flagged or reported, so that no second yes is blind (K-PRIV-1).

The posts of whoever a proposal is about, and the words of a flag on a moment, are shown as they lie sealed in the
case; of a report, only the passages that were chosen. Everybody else in the case is masked. It is sealed and signed
with the version: both people read the same, and nobody can slip another text under it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from concord.cases.parties import Known
from concord.cases.read_case import Opened, OpenedFlag, OpenedReport
from concord.concurrence.terms import NAMED, Target, Terms
from concord.names import fold
from concord.survivors.read_text import mask_everybody

FEW = 5
"""Pieces that are shown where nobody chose: the newest."""
MOST = 20
STRONGEST = 10
"""Messages of one item of screening that are offered; whoever coordinates has all of them in the case."""
LONGEST_PASSAGE = 300
"""Signs of one line of a report; a longer line is offered sentence by sentence."""
SENTENCE = re.compile(r"(?<=[.!?…؟])\s+|(?<=[。！？])")  # noqa: RUF001 - full stops of other scripts


@dataclass(frozen=True)
class Piece:
    """Something that can be shown, named by `ref` without a word of it.

    `kind`: a post; a moment, in the words of whoever flagged it; a passage of a report, or the post it came from.
    """

    ref: str
    kind: str
    text: str
    at: datetime
    room: str = ""
    author: UUID | None = None
    post: UUID | None = None

    @property
    def is_of_a_report(self) -> bool:
        return self.ref.startswith("report:")


def pieces_of(opened: Opened) -> list[Piece]:
    """All there is in a case that could be shown, the newest first; each post once."""
    found: dict[str, Piece] = {}
    for flag in opened.flags:
        found |= {one.ref: one for one in _of_flag(flag)}
    shown = {one.post for one in found.values() if one.post}
    for report in opened.reports:
        found |= {one.ref: one for one in _of_report(report) if one.post not in shown}
    return sorted(found.values(), key=lambda one: (one.is_of_a_report, -one.at.timestamp()))


def usual(pieces: Iterable[Piece], *, persons: set[UUID]) -> list[Piece]:
    """What is shown unless somebody chooses: the newest few, and nothing of a report."""
    return [one for one in pieces if not one.is_of_a_report and _is_about(one, persons)][:FEW]


def shown_in(terms: Terms, pieces: list[Piece], *, parties: list[Known]) -> list[dict[str, Any]]:
    """What a version shows, masked, as plain JSON. What goes by the very proposal is shown beside its step."""
    named = [target for target in terms.targets if target.kind in NAMED]
    if not named or terms.gives_back:
        return []
    persons = {target.id for target in named}
    deleted = {target.id for target in terms.targets if target.kind == "delete"}
    if terms.evidence is None:
        chosen = usual(pieces, persons=persons)
    else:
        wanted = set(terms.evidence)
        chosen = [one for one in pieces if one.ref in wanted and _is_about(one, persons)][:MOST]
    chosen = [one for one in chosen if one.post not in deleted]
    return [_told(one, named, parties) for one in chosen]


def everything_in(
    pieces: list[Piece], *, targets: list[Target], parties: list[Known]
) -> list[dict[str, Any]]:
    """All of it, masked in the same way, what was told at one time in one piece."""
    named = [target for target in targets if target.kind in NAMED]
    persons = {target.id for target in named}
    whole: dict[tuple[str, datetime], Piece] = {}
    for one in pieces:
        if _is_about(one, persons):
            key = (one.ref if one.kind != "report" else one.ref.rpartition(":")[0], one.at)
            before = f"{whole[key].text}\n" if key in whole else ""
            whole[key] = replace(one, text=before + one.text)
    return [_told(one, named, parties) for one in whole.values()]


def _told(piece: Piece, named: list[Target], parties: list[Known]) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "label": next((each.label for each in named if each.id == piece.author), ""),
        "room": piece.room,
        "at": "" if piece.is_of_a_report else piece.at.isoformat(),
        "text": masked(piece.text, named, parties),
    }


def masked(text: str, targets: list[Target], parties: list[Known]) -> str:
    """A text of the case for whoever is asked: everybody in the case but those whom these steps name is masked."""
    persons = {target.id for target in targets if target.kind in NAMED}
    return mask_everybody(text, _named_in(text, parties, but=persons))


def _is_about(piece: Piece, persons: set[UUID]) -> bool:
    """Whoever else is reported in the case is not shown in a proposal that is not about them."""
    return piece.kind != "post" or piece.author in persons


def _named_in(text: str, parties: list[Known], *, but: set[UUID]) -> list[Known]:
    """Protected people first, so that "person A" is the same here as beside a step; then whoever else is reported.

    Of a raid of a thousand only those are looked for whose name can be in it.
    """
    protected = [one for one in parties if one.is_protected]
    words = set(re.findall(r"\w+", fold(text)))
    reported = [one for one in parties if not one.is_protected and one.person_id not in but]
    return [
        *protected,
        *(
            one
            for one in reported
            if one.person_id
            and words & set(re.findall(r"\w+", fold(" ".join((one.name, *one.also)))))
        ),
    ]


def _of_flag(opened: OpenedFlag) -> Iterable[Piece]:
    flag, seen = opened.flag, opened.seen
    if flag.post_id is None:
        if seen.words.strip():
            yield Piece(f"moment:{flag.id}", "moment", seen.words, flag.raised_at, seen.room)
        return
    yield _post(flag.post_id, seen.excerpt, flag.raised_at, seen.room, seen.author_id)
    for one in opened.written[:STRONGEST]:
        yield _post(one.post, one.seen.excerpt, one.at, one.seen.room, one.seen.author_id)


def _post(post: UUID, text: str, at: datetime, room: str, author: UUID | None) -> Piece:
    return Piece(f"post:{post}", "post", text, at, room, author, post)


def _of_report(opened: OpenedReport) -> Iterable[Piece]:
    report, source = opened.report, opened.told.source
    if source and source.kind == "post" and source.excerpt:
        yield Piece(
            f"report:{report.id}:post",
            "post",
            source.excerpt,
            report.received_at,
            source.room,
            source.author_id,
            source.id,
        )
    said = [(opened.told.text, report.received_at)]
    said += [(word.text, word.said_at) for word in opened.words if word.by_staff is None]
    passages = [(passage, at) for text, at in said for passage in _passages(text)]
    for number, (passage, at) in enumerate(passages):
        yield Piece(f"report:{report.id}:{number}", "report", passage, at)


def _passages(text: str) -> Iterable[str]:
    for line in text.splitlines():
        if len(line) > LONGEST_PASSAGE:
            yield from (one.strip() for one in SENTENCE.split(line) if one.strip())
        elif line.strip():
            yield line.strip()
