"""Propose in a case, or change what was proposed: choose, see what it does, ask for a second yes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from concord import refusals
from concord.actions.deny_entry import KnownAlready, person_behind
from concord.actions.lift import NothingToLift, in_place_of, varies
from concord.actions.offer_help import with_help
from concord.actions.write_notice import write_notice, write_notices
from concord.cases.add_party import add_party
from concord.cases.desk_views import find_case
from concord.cases.models import Case
from concord.cases.read_case import Opened, read_case
from concord.concurrence.briefing import Letter, newest, shown_lines
from concord.concurrence.contents import terms_in
from concord.concurrence.evidence import pieces_of, shown_in
from concord.concurrence.guards import NeedsCoordinator, StaleVersion
from concord.concurrence.kinds import effect_of, kind_of
from concord.concurrence.models import Decision, Proposal, Version
from concord.concurrence.open_version import open_version
from concord.concurrence.propose import excerpts_of, named_by_hand, preview, propose, revise
from concord.concurrence.terms import GIVE_BACK, Incomplete, Terms, check_complete, told_alike
from concord.convenings.known_members import known_members
from concord.desk.around import Around, around, beyond
from concord.desk.decision_views import find_decision
from concord.desk.deny_form import DenyForm
from concord.desk.forms import ProposalForm, choices_of
from concord.desk.known_pass import known_pass, mailboxes_of
from concord.desk.ladder import AS_FOR_ALL
from concord.desk.lift_views import change_lift
from concord.desk.organisation_form import OrganisationForm
from concord.desk.who_may import works_on_cases
from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.refusals import Refused


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def propose_in(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """A new proposal in a case."""
    return _draft(request, find_case(request, case_id), OF_PEOPLE)


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def deny_in(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Propose to keep somebody out who was never seen here."""
    return _draft(request, find_case(request, case_id), OF_UNSEEN)


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def bar_in(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Propose to take access away from an organisation."""
    return _draft(request, find_case(request, case_id), OF_ORGANISATION)


@door(works_on_cases)
@require_POST
def name_known(request: DeskRequest, case_id: UUID) -> HttpResponse:
    """Whoever was to be denied entry is known here: name them in the case, and go on to taking their access.

    It answers for what the form was refused for, and for no other mailbox.
    """
    case = find_case(request, case_id)
    _check_coordinates(request, case)
    known = request.POST.get("known", "")
    mailboxes = mailboxes_of(known, case=case, by=request.staff_member)
    person = person_behind(mailboxes)
    if person is None:
        raise Http404
    opened = read_case(case, by=request.staff_member, keyring=request.keyring, at=request.at)
    if all(each.person_id != person for each in opened.parties if each.role == "respondent"):
        name = " ".join(request.POST.get("called", "").replace("\0", "").split())[:120]
        add_party(
            case,
            role="respondent",
            name=name or mailboxes[0],
            person_id=person,
            addresses=mailboxes,
            by=request.staff_member,
            at=request.at,
        )
    return HttpResponseRedirect(reverse("propose", args=[case.id]))


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, proposal_id: UUID) -> HttpResponse:
    """Another text in the place of the one proposed; it needs a new yes."""
    found = Proposal.objects.visible_to(request.staff_member).filter(id=proposal_id).first()
    if found is None:
        raise Http404
    changing = newest(found)
    before = _proposed_before(request, changing)
    if before.gives_back:
        return change_lift(request, changing, before)
    return _draft(
        request,
        find_case(request, found.case_id),
        _way_of(before),
        changing=changing,
        before=before,
        varied=_varied_by(request, before),
    )


@door(works_on_cases)
@require_http_methods(["GET", "HEAD", "POST"])
def vary(request: DeskRequest, decision_id: UUID) -> HttpResponse:
    """Propose something else in the place of a decision in force: what is stricter takes two, like everything."""
    found = find_decision(request, decision_id)
    case = find_case(request, found.case_id)
    _check_coordinates(request, case)
    if not Decision.objects.in_force(request.at).filter(id=found.id).exists():
        raise NothingToLift(subject=found.id)
    varied = _varied(request, found)
    same = varied.terms
    again = (
        Terms(  # what was written is thought about anew; what was chosen stands there to be changed
            targets=tuple(each for each in same.targets if each.kind != "delete"),
            grounds=same.grounds,
            violations=same.violations,
            value=same.value,
            act_at_once=same.act_at_once,
            reason="",
            stabilises="",
            considered="",
            less_severe="",
            safety="",
        )
    )
    return _draft(request, case, _way_of(same), before=again, varied=varied)


@dataclass(frozen=True)
class Varied:
    """A decision in whose place something is proposed, and what it was made of."""

    decision: Decision
    terms: Terms

    def by(self, terms: Terms) -> Terms:
        """The terms with the step that ends the decision. Whoever was denied entry before is the same person now."""
        before = {
            tuple(each.detail["addresses"]): each.id
            for each in self.terms.targets
            if each.kind == "deny"
        }
        steps = [
            replace(each, id=before.get(tuple(each.detail["addresses"]), each.id))
            if each.kind == "deny"
            else each
            for each in terms.targets
        ]
        if not steps:
            return terms
        return replace(terms, targets=(*steps, in_place_of(self.decision, steps)))


def _varied(request: DeskRequest, found: Decision) -> Varied:
    agreed = found.execution.concurrence
    if agreed is None:
        raise Http404
    return Varied(found, _proposed_before(request, agreed.version))


def _varied_by(request: DeskRequest, before: Terms) -> Varied | None:
    for target in before.targets:
        if varies(target):
            return _varied(request, find_decision(request, target.id))
    return None


@dataclass(frozen=True)
class Way:
    """One way to propose: its form, what there is to choose from, what to call it, how it was filled before."""

    form: type[ProposalForm]
    around: Callable[..., Around]
    title: Any
    filled: Callable[[Terms], dict[str, Any]]


OF_PEOPLE = Way(ProposalForm, around, _("Propose"), choices_of)
OF_UNSEEN = Way(DenyForm, beyond, _("Deny entry"), DenyForm.of)
OF_ORGANISATION = Way(
    OrganisationForm, beyond, _("Take access away from an organisation"), OrganisationForm.of
)


def _way_of(terms: Terms) -> Way:
    kinds = {target.kind for target in terms.targets} - GIVE_BACK
    if "organisation" in kinds:
        return OF_ORGANISATION
    return OF_UNSEEN if kinds == {"deny"} else OF_PEOPLE


def _check_coordinates(request: DeskRequest, case: Case) -> None:
    if request.staff_member not in (case.coordinator, case.deputy):
        raise NeedsCoordinator(subject=case.id)


def _draft(
    request: DeskRequest,
    case: Case,
    way: Way,
    *,
    changing: Version | None = None,
    before: Terms | None = None,
    varied: Varied | None = None,
) -> HttpResponse:
    """The form; then, pressed on, the page that shows what it does; then the verb."""
    _check_coordinates(request, case)
    opened = read_case(case, by=request.staff_member, keyring=request.keyring, at=request.at)
    page = {"case": case, "opened": opened, "changing": changing, "title": way.title}
    page["varied"] = varied.decision if varied else None
    page["pieces"] = pieces_of(opened)
    asked: dict[str, Any] = {
        "around": way.around(opened, case=case, at=request.at),
        "at": request.at,
        "wishes": opened.wishes,
        "pieces": page["pieces"],
    }
    if way is OF_ORGANISATION:
        asked["members"] = partial(
            known_members, about=case.id, by=request.staff_member, at=request.at
        )
    if request.method != "POST":
        initial = way.filled(before) if before else {}
        return _form(request, way.form(initial=initial, **asked), page)
    form = way.form(request.POST, **asked)
    terms = _terms(form, case, opened, request, varied=varied)
    if terms is None or request.POST.get("step") == "back":
        return _form(request, form, page, status=422 if form.errors else 200)
    if request.POST.get("step") != "ask" or not _everybody_is_told(terms):
        return _see(request, form, _with_notice(terms), page)
    try:
        proposal = _ask(request, case, terms, changing)
    except Refused as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        return _see(request, form, terms, {**page, "refused": refused}, status=refused.status)
    return HttpResponseRedirect(reverse("proposal", args=[proposal.id]))


def _terms(
    form: ProposalForm,
    case: Case,
    opened: Opened,
    request: DeskRequest,
    *,
    varied: Varied | None,
) -> Terms | None:
    """What was typed as terms, when they are complete; else None, and the form says what is missing."""
    if not form.is_valid():
        return None
    terms = with_help(form.terms(), parties=opened.parties)
    if varied:
        terms = varied.by(terms)
    try:
        check_complete(terms, wishes=opened.wishes, at=request.at, subject=case.id)
        for target in terms.targets:
            kind_of(target.kind).validate(target, case=case, at=request.at)
    except Incomplete as refused:
        form.tell_missing(refused)
        return None
    except Refused as refused:
        refusals.tell(refused, actor=request.staff_member.person_id, at=request.at)
        form.add_error(None, str(refused.words))
        form.refused = refused
        return None
    return terms


def _ask(request: DeskRequest, case: Case, terms: Terms, changing: Version | None) -> Proposal:
    """Put it before the others, in the place of the text that was on the page when there was one."""
    who: dict[str, Any] = {
        "by": request.staff_member,
        "keyring": request.keyring,
        "at": request.at,
    }
    if changing is None:
        return propose(case, terms=terms, **who)
    if request.POST.get("version") != str(changing.id):
        raise StaleVersion(subject=changing.proposal_id)
    return revise(changing.proposal, terms=terms, changing=changing, **who).proposal


def _with_notice(terms: Terms) -> Terms:
    """The notices as they were typed, or else as we would write them for these terms."""
    if len(told_alike(terms.targets)) > 1:
        written = write_notices(terms.targets, grounds=terms.grounds, violations=terms.violations)
        return replace(
            terms, own_notices=written | terms.own_notices, notice_subject="", notice_body=""
        )
    if terms.notice_body:
        return terms
    subject, body = write_notice(terms.targets, grounds=terms.grounds, violations=terms.violations)
    return replace(terms, notice_subject=subject, notice_body=body.strip())


def _everybody_is_told(terms: Terms) -> bool:
    """Whether each of those who are told something else has a notice on the page that was sent."""
    keys = set(told_alike(terms.targets))
    return len(keys) < 2 or keys == set(terms.own_notices)


def _form(
    request: DeskRequest, form: ProposalForm, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        **page,
        "form": form,
        "ladders": form.ladders,
        "for_all": form["step_for_all"] if "step_for_all" in form.fields else None,
        "open_each": any(field.value() != AS_FOR_ALL for field in form.ladders),
        "short": [form[name] for name in form.SHORT if name in form.fields],
        "by_hand": [form[name] for name in form.BY_HAND] if form.ladders else [],
        "open_by_hand": any(form[name].errors for name in form.BY_HAND),
        "wider": [form[name] for name in form.WIDER],
        "in_full": [form[name] for name in form.IN_FULL],
        "evidence": form["evidence"] if page["pieces"] else None,
        "about_wishes": [form[name] for name in form.WISHES if name in form.fields],
        "open_wider": page["varied"] is not None
        or any(form[name].errors for name in (*form.WIDER, *form.IN_FULL)),
        "open_in_full": any(form[name].errors for name in (*form.WIDER, *form.IN_FULL, "is_safe")),
        "assumed": form.assumed,
        "is_full": form.IS_FULL,
        "known": None,
    }
    if isinstance(form.refused, KnownAlready):
        of = {"case": page["case"], "by": request.staff_member}
        context["called"] = form.cleaned_data["called"]
        context["known"] = known_pass(form.cleaned_data["mailboxes"], **of)
    return render(request, "desk/propose.html", context, status=status)


def _see(
    request: DeskRequest,
    form: ProposalForm,
    terms: Terms,
    page: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The text as a colleague will read it, with its effect as it stands now."""
    by_hand = named_by_hand(terms.targets, page["opened"])
    written = excerpts_of(terms.targets, page["opened"].parties)
    labels = {str(target.id): target.label for target in terms.targets}
    letter = Letter(
        targets=list(terms.targets),
        texts=terms.texts(),
        wishes=page["opened"].wishes,
        excerpts=[(labels[id], text) for id, text in written.items()],
        evidence=shown_lines(shown_in(terms, page["pieces"], parties=page["opened"].parties)),
        effect=effect_of(preview(terms.targets, at=request.at)),
        named_by_hand=list(
            dict.fromkeys(each.label for each in terms.targets if each.id in by_hand)
        ),
    )
    carried = [field for field in form if not field.name.startswith("notice_")]
    context = {**page, "letter": letter, "terms": terms, "carried": carried}
    context["notices"] = _notices(terms)
    return render(request, "desk/propose_see.html", context, status=status)


def _notices(terms: Terms) -> list[dict[str, Any]]:
    """Each notice with its people, and the ending of its fields' names."""
    told = told_alike(terms.targets)
    if len(told) < 2:
        one = {"subject": terms.notice_subject, "body": terms.notice_body}
        return [{**one, "people": [], "ending": ""}] if told else []
    return [
        {
            **terms.own_notices.get(key, {"subject": "", "body": ""}),
            "people": list(dict.fromkeys(step.label for step in steps)),
            "ending": f"-{key}",
        }
        for key, steps in told.items()
    ]


def _proposed_before(request: DeskRequest, changing: Version) -> Terms:
    briefing = open_version(
        changing, by=request.staff_member, keyring=request.keyring, at=request.at
    )
    return terms_in(briefing.contents)
