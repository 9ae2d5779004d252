"""The one next step in a case, for the person who looks at it: said at the top of the page, with one link."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.actions.models import Unheld
from concord.actions.ring_unheld import in_words
from concord.cases.keeping import Keeping
from concord.cases.models import Case, Handover, State
from concord.concurrence.models import Proposal
from concord.concurrence.wording import moment_words
from concord.people.models import StaffMember

ELSEWHERE = {
    "deny_entry": (_("Whoever was reported is not known here."), _("Deny entry")),
    "bar_organisation": (
        _("An organisation was reported."),
        _("See who is known to belong to it, and propose"),
    ),
}
"""What can be proposed about somebody who is in no room, by the name of its page."""


class Step(NamedTuple):
    """What stands, and where this person goes from here; no link where nothing is asked of them."""

    words: str | Promise
    link: str | Promise = ""
    url: str = ""


def next_step(
    case: Case,
    *,
    staff: StaffMember,
    handover: Handover | None,
    open_proposal: Proposal | None,
    keeping: Keeping,
    someone_reported: bool,
    elsewhere: str = "",
    is_orphaned: bool = False,
    unheld: Unheld | None = None,
) -> Step:
    """The most pressing thing first: who answers for it, what waits for two people, what is left to do."""
    if handover is not None and handover.as_deputy:
        handover = None  # work goes on meanwhile
    if handover is not None and staff == case.coordinator and handover.silent_since is None:
        words = _("A colleague is asked to take it; until then it is yours.")
        return Step(words, _("See who, or keep it"), _to("pass_on", case))
    if handover is not None and handover.silent_since is not None and staff == case.deputy:
        words = _("Nobody has heard from the coordinator.")
        return Step(words, _("Take the case"), reverse("asked_to_take", args=[handover.id]))
    if open_proposal is not None:
        return _proposed(open_proposal, is_orphaned)
    if case.state == State.CLOSED:
        return Step(_("It is closed."), _("What is kept of it, and how long"), _to("keeping", case))
    decided = keeping.no_action
    if case.state == State.ASSESSED and decided is not None:
        if decided.decided_by != staff.person_id:
            words = _("Your colleague would leave it as it is.")
            return Step(words, _("Say whether you agree"), reverse("no_action", args=[decided.id]))
        return Step(_("It is left as it is when a colleague agrees."))
    if case.state == State.ACTION_PENDING and unheld is not None:
        return _does_not_hold(unheld)
    return _left_to_do(case, someone_reported, elsewhere)


def _does_not_hold(unheld: Unheld) -> Step:
    """Which step, and since when; what can be done about it stands on the page of the decision."""
    words = _("Not seen to hold since %(moment)s: %(step)s") % {
        "moment": moment_words(unheld.since_at),
        "step": in_words(unheld.warrant),
    }
    link = _("See what can be done")
    return Step(words, link, reverse("decision", args=[unheld.decision_id]))


def _proposed(proposal: Proposal, is_orphaned: bool) -> Step:
    """`is_orphaned`: its proposer has left the team, and nobody is asked before somebody takes it over."""
    url = reverse("proposal", args=[proposal.id])
    if is_orphaned:
        return Step(_("Whoever proposed something here has left the team."), _("Take it over"), url)
    if proposal.state == "proposed":
        return Step(_("It waits for a second yes."), _("See who is asked"), url)
    return Step(_("A colleague agreed."), _("Carry it out"), url)


def _left_to_do(case: Case, someone_reported: bool, elsewhere: str) -> Step:
    if case.state == State.STABILISED:
        words = _("Done and checked. Follow it up when nothing is left to do for anybody in it.")
        return Step(words, _("Follow it up"), _to("keeping", case))
    if case.state == State.NO_ACTION:
        words = _("Two of you left it as it is.")
        return Step(words, _("Follow it up"), _to("keeping", case))
    if case.state == State.FOLLOW_UP:
        words = _("It is followed up: somebody looks after a week, and after a month.")
        return Step(words, _("See when"), _to("keeping", case))
    if case.state == State.ACTION_PENDING:
        return Step(_("Done; each step is being checked."))
    if someone_reported:
        words = _("Read it, then propose what should happen.")
        return Step(words, _("Propose what should happen"), _to("propose", case))
    if elsewhere in ELSEWHERE:
        words, link = ELSEWHERE[elsewhere]
        return Step(words, link, _to(elsewhere, case))
    words = _("Name the person it is about, if they take part under a name.")
    return Step(words, _("Name the person reported"), _to("add_party", case))


def _to(name: str, case: Case) -> str:
    return str(reverse(name, args=[case.id]))
