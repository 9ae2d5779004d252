"""with_help: when a threat is deleted, whoever it was aimed at is shown help lines, by themself (V-THREAT-1).

Who that is stands in the sealed part of the step, like everything else that two people agree to. Too many rather than
too few: whoever reads it without need has lost nothing, and nobody else sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from concord.cases.parties import Known
from concord.concurrence.terms import Target, Terms
from concord.convenings.models import Registration
from concord.names import fold, transliterate
from concord.reports.brings_up_help import words_bring_up_help
from concord.spaces.models import Post

HELP = "help"
SHORTEST = 3
MOST = 20
"""Of more people who bear the name that a threat calls, none is meant by it alone."""


def with_help(terms: Terms, *, parties: Iterable[Known]) -> Terms:
    """The terms, where each deletion of a threat says whom it was aimed at."""
    gone = [one.id for one in terms.targets if one.kind == "delete"]
    found = aimed_at(gone, parties=parties, are_threats="threat" in terms.violations)
    return replace(terms, targets=tuple(_offering(one, found) for one in terms.targets))


def aimed_at(
    posts: Iterable[UUID], *, parties: Iterable[Known], are_threats: bool
) -> dict[UUID, list[str]]:
    """By post, the persons at whom it is aimed; of those only that threaten, all do where that was found."""
    parties = list(parties)
    there = Post.objects.filter(id__in=list(posts))
    return {
        post.id: sorted(str(person) for person in _aimed_at(post, parties))
        for post in there.select_related("comment_on__registration", "registration", "room")
        if are_threats or words_bring_up_help(post.text)
    }


def _offering(target: Target, found: dict[UUID, list[str]]) -> Target:
    persons = found.get(target.id, [])
    return (
        replace(target, detail={HELP: persons}) if target.kind == "delete" and persons else target
    )


def _aimed_at(post: Post, parties: list[Known]) -> set[UUID]:
    """Those whom the case protects, whoever was answered, and whoever is called by name; never those reported."""
    found = {one.person_id for one in parties if one.is_protected}
    if post.comment_on is not None:
        found.add(post.comment_on.author_id)
    found |= _called(post)
    reported = {one.person_id for one in parties if one.role == "respondent"}
    return {person for person in found if person} - reported - {post.author_id}


def _called(post: Post) -> set[UUID]:
    words = _words(post.text)
    people = Registration.objects.filter(convening=post.room.convening_id).exclude(display_name="")
    called = {
        one.person_id
        for one in people.only("person", "display_name").iterator()
        if words & {word for word in _words(one.display_name) if len(word) >= SHORTEST}
    }
    return called if len(called) <= MOST else set()


def _words(text: str) -> set[str]:
    return {
        word
        for folded in (fold(text), fold(transliterate(text)))
        for word in re.findall(r"\w+", folded)
    }
