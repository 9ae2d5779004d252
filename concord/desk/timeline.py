"""What happened in a case so far, told from the ledger: who did what, when; no contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.actions.models import ReviewRequest, ReviewState
from concord.cases.models import Case
from concord.concurrence.models import Version
from concord.ledger.models import Entry
from concord.ledger.readings import readings
from concord.people.models import StaffMember
from concord.retaliation.models import Attempt

WORDS = {
    "monitoring.flag": ("", _("A flag was raised")),
    "monitoring.judge": ("", _("%(who)s said that it needs action")),
    "reports.receive": ("", _("A report arrived")),
    "reports.acknowledge": ("", _("%(who)s answered the person who reported")),
    "reports.answer_from_outside": (
        "",
        _("The outside contact answered the person who reported"),
    ),
    "reports.finish_outside": ("", _("The outside contact said what came of a report")),
    "reports.settle_flag_outside": ("", _("The outside contact said what came of a flag")),
    "reports.add_words": ("", _("The person who reported said more")),
    "reports.change_wishes": ("", _("The person who reported changed what they wish")),
    "reports.stay_out": ("", _("The person who reported wants no further part in it")),
    "reports.change_choices": ("", _("The person who reported changed what they had chosen")),
    "cases.alarm_caseless": (
        "",
        _("It needed action and was in no case yet; colleagues were rung"),
    ),
    "cases.take_up": ("", _("%(who)s took it into this case")),
    "cases.add_party": ("", _("%(who)s named somebody")),
    "cases.recuse": ("", _("Somebody stepped out")),
    "cases.leave": ("", _("Somebody left the team, and their seat was filled")),
    "cases.hand_over": ("", _("%(who)s asked a colleague to take it over")),
    "cases.ask_for_deputy": ("", _("%(who)s asked for a deputy")),
    "cases.hand_to_team": ("", _("The outside contact handed it to somebody on the team")),
    "cases.deputy_reads": ("", _("%(who)s, the deputy, opened it")),
    "cases.accept_deputy": ("", _("%(who)s is the deputy from here")),
    "cases.end_hand_over": ("", _("It stayed with the coordinator")),
    "cases.notice_silence": ("", _("Nobody had heard from the coordinator; others were asked")),
    "cases.nobody_answered": ("", _("Nobody answered for it for %(minutes)s minutes")),
    "cases.accept_hand_over": ("", _("%(who)s coordinates it from here")),
    "cases.cover_me": ("", _("%(who)s went away for ten minutes and asked the deputy")),
    "cases.have_it": ("", _("%(who)s, the deputy, looked after it meanwhile")),
    "cases.nobody_covered": ("", _("The deputy did not answer; others were called")),
    "cases.ring_untouched": ("", _("Nobody had touched it for some days; its people were called")),
    "cases.assess": ("", _("%(who)s said how it stands")),
    "cases.check_in": ("", _("%(who)s asked whether it has stayed quiet")),
    "cases.link": ("", _("It was linked to an older case")),
    "retaliation.linked": ("", _("Something new was linked to it: it may be retaliation")),
    "cases.merge": ("", _("%(who)s put another case into this one")),
    "cases.decide_no_action": ("proposed", _("%(who)s found that nothing needs to be done")),
    "cases.agree_to_no_action": ("agreed", _("%(who)s agreed that nothing needs to be done")),
    "cases.decline_no_action": ("declined", _("%(who)s did not agree to leave it as it is")),
    "cases.follow_up": ("", _("Everybody was told; %(who)s follows it up")),
    "cases.close": ("", _("%(who)s closed it")),
    "cases.reopen": ("", _("%(who)s reopened it")),
    "cases.restrict": ("", _("Restricted: used for its own people's safety alone")),
    "cases.lift_restriction": ("", _("%(who)s lifted the restriction")),
    "cases.hold": ("", _("%(who)s held it: nothing is erased")),
    "cases.lift_hold": ("", _("%(who)s lifted the hold")),
    "cases.warn_of_purge": ("", _("Its people were told that it is erased soon")),
    "cases.forget_contacts": ("", _("Ways to reach people who reported were erased")),
    "cases.export": ("", _("%(who)s made a copy of the case")),
    "reports.tell_departure": (
        "",
        _("The person who reported was told that a wish may not be kept"),
    ),
    "concurrence.propose": ("proposed", _("%(who)s proposed an action")),
    "concurrence.revise": ("proposed", _("%(who)s changed the proposal; it needs a new yes")),
    "concurrence.adopt": ("proposed", _("%(who)s took the proposal over as their own")),
    "concurrence.put_anew": ("proposed", _("%(who)s put it before colleagues who came since")),
    "concurrence.open_version": ("", _("%(who)s opened the proposal")),
    "concurrence.open_full": ("", _("%(who)s opened the whole case for it")),
    "concurrence.concur": ("agreed", _("%(who)s agreed")),
    "concurrence.ask_wider": ("", _("More colleagues were asked")),
    "concurrence.note_live": ("", _("What it is about goes on by now; people are called at once")),
    "concurrence.say_on_it": ("", _("%(who)s said that they are on it")),
    "concurrence.decline": ("declined", _("%(who)s did not agree")),
    "concurrence.declined": ("declined", _("Nobody was left to ask")),
    "concurrence.leave": (
        "lapsed",
        _("Somebody who had signed it has no part in it any more; it needs a new yes"),
    ),
    "concurrence.withdrawn": ("lapsed", _("%(who)s withdrew the proposal")),
    "concurrence.voided": ("lapsed", _("The agreement was void")),
    "concurrence.lapsed": ("lapsed", _("The proposal lapsed")),
    "concurrence.set_aside": ("", _("%(who)s left a step out, with a reason")),
    "concurrence.ring_for_press": (
        "",
        _("It was agreed to and not carried out; its people were rung"),
    ),
    "concurrence.look_again": ("", _("The day came to look at a decision again")),
    "concurrence.look_late": ("", _("Nobody had looked at a decision; others were told")),
    "concurrence.let_stand": ("", _("%(who)s looked at a decision again; it stays")),
    "concurrence.execute": ("agreed", _("Carried out")),
    "actions.by_hand_late": ("", _("A step by hand was late; others were told")),
    "actions.hasten": ("", _("What it is about goes on by now; a step by hand is due sooner")),
    "actions.pass_by_hand": (
        "",
        _("A step by hand passed to a colleague: whoever was named has no part in it any more"),
    ),
    "actions.state_done": ("", _("%(who)s said that a step by hand was done")),
    "actions.unheld": ("", _("A step was not seen to hold; its people were rung")),
    "actions.send_again": ("", _("%(who)s had a letter sent again")),
    "actions.verified": ("done", _("Every step was checked and holds")),
    "actions.lifted": ("", _("A decision was ended by two people")),
    "actions.varied": ("", _("A decision was given another end")),
    "actions.overturned": (
        "lapsed",
        _("Somebody who had no part in a decision took it back"),
    ),
    "actions.earlier": ("", _("%(who)s gave a decision an earlier end")),
    "actions.late_recusal": (
        "",
        _("Somebody with a part in a decision stepped out; two others are to confirm it"),
    ),
    "actions.confirm_decision": ("agreed", _("%(who)s confirmed a decision")),
    "actions.alarm_unconfirmed": (
        "",
        _("A decision was not confirmed in time; others were told"),
    ),
    "actions.ask_review": ("", _("Somebody asked us to look at it again")),
    "actions.assign_review": ("", _("The request to look again was given to somebody")),
    "actions.answer_review": ("", _("Whoever asked us to look at it again was answered")),
    "actions.raise_review": (
        "",
        _("A request to look again was answered and not decided; others were told"),
    ),
    "actions.alarm_review": (
        "",
        _("A request to look again was late; others were told"),
    ),
    "actions.decide_review": ("", _("Somebody who had no part in it looked at it again")),
    "actions.elsewhere_verified": ("done", _("A step on another platform was seen to hold")),
    "actions.elsewhere_by_hand": ("", _("A step on another platform has to be done by hand")),
    "actions.elsewhere_done_by_hand": (
        "done",
        _("%(who)s did a step on another platform by hand"),
    ),
    "actions.elsewhere_overtaken": ("", _("A step on another platform was not needed any more")),
    "actions.late_elsewhere": ("", _("A step on another platform was late; others were told")),
    "actions.later_member": ("", _("Somebody said that they belong to the organisation")),
    "actions.apply_to_later": (
        "done",
        _("%(who)s held a decision against somebody who joined the organisation"),
    ),
    "actions.spare": ("", _("%(who)s left somebody of the organisation alone")),
    "actions.alarm_later": ("", _("Nobody had looked at whoever joined the organisation")),
    "evasion.revoke_again": ("done", _("A return was recognised; access was taken away again")),
    "evasion.delete_again": ("done", _("Posts of a return were deleted")),
    "evasion.held": ("done", _("The person tried to come in and was refused")),
    "evasion.undo": ("lapsed", _("%(who)s undid a return: it was somebody else")),
    "refused": ("", _("%(who)s tried what is not open to them; nothing was changed")),
}
"""Each verb of the ledger that belongs in a timeline: the mark it carries, and its words."""
SHOWN = 40
"""Lines of a case's page; whoever wants more asks for all."""
FEW = 3
"""So often in a row something has a line each time."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: how often it came in a row, when last, and `since` when.

    `mark` is empty for what the two circles do not speak of.
    """

    mark: str
    words: str
    at: datetime
    times: int = 1
    since: datetime | None = None


@dataclass(frozen=True)
class Reader:
    """Somebody who opened the case."""

    name: str
    times: int
    last: datetime


class Timeline(NamedTuple):
    """The lines that a page shows, newest first, and how many older ones there are."""

    moments: list[Moment]
    earlier: int


def newest_of(case: Case, *, whole: bool) -> Timeline:
    """What a page shows at first; the `whole` of it for whoever asks."""
    moments = timeline_of(case)
    shown = moments if whole else moments[:SHOWN]
    return Timeline(shown, len(moments) - len(shown))


def timeline_of(case: Case) -> list[Moment]:
    """Newest first. What came often in a row is one line with a number, so that it pushes nothing else away."""
    entries = list(
        Entry.objects.filter(subject__in=_subjects(case), verb__in=WORDS).order_by("-id")
    )
    own = set(Version.objects.filter(proposal__case=case).values_list("id", "proposer"))
    taken_up = {entry.at for entry in entries if entry.verb == "cases.take_up"}
    told = [entry for entry in entries if not _goes_without_saying(entry, own, taken_up)]
    names = _names({entry.actor for entry in told})
    return _folded(_moment(entry, names) for entry in told)


def readers_of(case: Case) -> list[Reader]:
    """Who opened the case, how often, and when last (K-CONF-1)."""
    read = readings(case.id, verb="cases.read_case")
    names = _names({one.actor for one in read})
    return [Reader(names.get(one.actor, ""), one.times, one.last) for one in read]


def _folded(moments: Iterable[Moment]) -> list[Moment]:
    lines = []
    for _words, run in groupby(moments, key=lambda one: (one.mark, one.words)):
        alike = list(run)
        if len(alike) <= FEW:
            lines += alike
        else:
            lines.append(replace(alike[0], times=len(alike), since=alike[-1].at))
    return lines


def _goes_without_saying(entry: Entry, own: set[Any], taken_up: set[datetime]) -> bool:
    """That a proposer sees their own text; who was named by taking something up."""
    if entry.verb == "concurrence.open_version":
        return (entry.subject, entry.actor) in own
    return entry.verb == "cases.add_party" and entry.at in taken_up


def _subjects(case: Case) -> set[UUID]:
    """The ids under which the ledger speaks of this case.

    That whoever reported asked to have it looked at again, where nothing was decided, stays with whoever had no part
    in it until the case comes back.
    """
    versions = Version.objects.filter(proposal__case=case)
    sources = set(case.sources.values_list("flag", "report"))
    reports = [report for _flag, report in sources if report]
    asked = ReviewRequest.objects.filter(
        Q(decision__case=case)
        | Q(decision__isnull=True, report__in=reports, state=ReviewState.OVERTURNED)
    )
    return {
        case.id,
        *case.merged.values_list("id", flat=True),
        *case.proposals.values_list("id", flat=True),
        *versions.values_list("id", flat=True),
        *case.decisions.values_list("id", flat=True),
        *asked.values_list("id", flat=True),
        *case.attempts.filter(state=Attempt.State.LINKED).values_list("id", flat=True),
        *(id for pair in sources for id in pair if id),
    }


def _moment(entry: Entry, names: dict[Any, str]) -> Moment:
    mark, words = WORDS[entry.verb]
    said = {"who": names.get(entry.actor, _("Somebody")), "minutes": entry.facts.get("minutes")}
    return Moment(mark, words % said, entry.at)


def _names(persons: set[Any]) -> dict[Any, str]:
    found = StaffMember.objects.filter(person__in=[one for one in persons if one])
    return dict(found.values_list("person_id", "working_name"))
