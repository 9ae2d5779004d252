"""The report form, the page with the code, and the box behind it. No account, no script, no cookie to send."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from concord.convenings.models import Registration
from concord.doors import Request, anyone, door
from concord.letterbox import session
from concord.letterbox.read import Opened, read
from concord.monitoring.readers import outside_contact
from concord.people.current import person_of
from concord.refusals import is_full
from concord.reports import promise
from concord.reports.add_form import AddForm
from concord.reports.add_words import NothingWritten, add_words
from concord.reports.asked_again import LOOKED, asked_again
from concord.reports.box_views import held_report
from concord.reports.bring_files import files_among, receive_with_files
from concord.reports.brings_up_help import brings_up_help
from concord.reports.check_answer import asks
from concord.reports.file_forms import NO_SPACE_AT_ALL
from concord.reports.forms import ReportForm
from concord.reports.help_lines import help_lines
from concord.reports.lay_outcome import WAITS, outcome_words
from concord.reports.models import HeldBack, Report
from concord.reports.new_code import settles_at, unsettled
from concord.reports.own_copy import ASKED, FEEDBACK, OwnCopy, copy_among
from concord.reports.promises import promises_of
from concord.reports.receive_report import Receipt
from concord.reports.support_views import beside_or_shut, brings_something, shut, support_of
from concord.reports.tell_status import RESTED, STATUS
from concord.reports.turn_into_report import RECEIPT
from concord.reports.uploads import takes_files
from concord.reports.who_read import names_told
from concord.spaces.hidden import met

SAID = ("added", "changed", "written")
"""What the address of the box may say of the form that was sent before."""


# Without CSRF's cookie on purpose. The form acts for nobody: it takes no account from a session and gives a
# stranger's page nothing that the stranger could not send from their own computer. What a cookie would do
# harm to is the person who reports, in whose browser it would stay. The form's own random number tells a
# form that was sent twice from two forms.
@csrf_exempt
@takes_files
@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request) -> HttpResponse:
    """The form; sent, the code, shown on this one answer and nowhere else."""
    at = request.at
    receivers = promise.receivers(at)
    if request.method != "POST":
        return _form(request, ReportForm(initial=_came_from(request), receivers=receivers), at=at)
    form = ReportForm(request.POST, request.FILES, receivers=receivers, at=at)
    if request.POST.get("in") in dict(settings.LANGUAGES):  # another language: not sent yet
        form.only_read()
        return _form(request, form, at=at)
    if not form.is_valid():
        return _form(request, form, at=at)
    try:
        receipt = receive_with_files(
            form.told,
            form.files_field.taken,
            nonce=form.nonce_sent,
            keep_out=form.kept_out,
            suspect=form.is_suspect,
            at=at,
        )
    except OperationalError as why:
        if not is_full(why):
            raise
        form.files_field.no_space = True
        form.add_error(None, NO_SPACE_AT_ALL)
        return _form(request, form, at=at)
    return _code(request, receipt, form=form)


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: Request) -> HttpResponse:
    """What lies behind a code: our answers, and room for more words. Open for twenty minutes in one browser."""
    at = request.at
    if request.method == "POST":
        held = session.hold(request, request.POST.get("code", ""), at=at)
        waiting = AddForm(request.POST, at=at) if brings_something(request) else None
        if held is None:
            return shut(request, waiting, wrong=True)
        known = Report.objects.filter(box=held.box.id).first()
        if waiting is None or known is None:
            return HttpResponseRedirect(reverse("report_box"))
        return _box(request, known, held=held, form=waiting, said="waiting")
    held, known = held_report(request)
    if held is None or known is None:
        return beside_or_shut(request, held)
    return _box(request, known, held=held)


@takes_files
@door(anyone)
@require_POST
def add(request: Request) -> HttpResponse:
    """More words and files from whoever holds the code. What came is kept, also when the box is shut meanwhile."""
    at = request.at
    held, known = held_report(request)
    already = files_among(read(held.box, held.code)) if held else []
    form = AddForm(request.POST, request.FILES, at=at, already=already)
    if held is None or known is None:
        return shut(request, form)
    if not form.is_valid():
        return _box(request, known, held=held, form=form)
    try:
        add_words(
            known,
            form.cleaned_data["words"],
            brought=form.files_field.taken,
            danger=form.cleaned_data["danger"],
            at=at,
        )
    except NothingWritten as nothing:
        form.add_error(None, nothing.words)
        return _box(request, known, held=held, form=form)
    except OperationalError as why:
        if not is_full(why):
            raise
        form.files_field.no_space = True
        form.add_error(None, NO_SPACE_AT_ALL)
        return _box(request, known, held=held, form=form)
    return HttpResponseRedirect(reverse("report_box") + "?added")


@door(anyone)
@require_POST
def close(request: Request) -> HttpResponse:
    """Close the box in this browser."""
    session.drop(request)
    return HttpResponseRedirect(reverse("report_box"))


def _form(request: Request, form: ReportForm, *, at: datetime) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    contact, read_now = outside_contact(at), promise.languages_read_now(at)
    context = {
        "form": form,
        "receivers": form.receivers,
        "nonce": form["nonce"].value() or form.new_nonce,
        "languages": [promise.own_name(code) for code in read_now],
        "minutes": promise.minutes(language, read_now=read_now, at=at),
        "outside": contact.name if contact else "",
        "named": [[str(one.id), one.working_name] for one in form.receivers],
    }
    status = 507 if form.files_field.no_space else 200
    return render(request, "reports/report.html", context, status=status)


def _code(request: Request, receipt: Receipt, *, form: ReportForm) -> HttpResponse:
    """What it says depends on what was typed alone, never on whom we kept out ourselves."""
    at = request.at
    readers = names_told(form.told, keep_out=form.kept_out, receivers=form.receivers, at=at)
    contact = None if readers else outside_contact(at)
    context: dict[str, Any] = {
        "code": receipt.code.replace("-", " "),
        "code_days": settings.CONCORD_KEEP_CODES_DAYS,
        "report": receipt.report,
        "readers": readers,
        "outside": contact.name if contact else "",
        "urgent": form.told.is_urgent,
        "help_lines": help_lines() if brings_up_help(form.told) else [],
        "to_hide": _to_hide(request, form),
    }
    return render(request, "reports/code.html", context)


def _box(
    request: Request,
    known: Report,
    *,
    held: session.Held,
    form: AddForm | None = None,
    said: str = "",
) -> HttpResponse:
    opened = read(held.box, held.code)
    full = form is not None and form.is_bound and not form.is_valid() and form.files_field.no_space
    laid = [each for each in opened if each.kind == "outcome"]
    copy = copy_among(opened)
    contact = outside_contact(request.at)
    code = unsettled(known, at=request.at)
    waits = HeldBack.objects.filter(report=known).first()
    context = {
        "report": known,
        "answers": [
            {
                "text": (text := answer.plaintext.decode()),
                "asks": asks(text),
                "at": answer.pushed_at,
                "id": answer.id,
            }
            for answer in opened
            if answer.kind in ("answer", LOOKED, RECEIPT)
        ],
        "how_it_stands": _how_it_stands(opened),
        "waits_since": _waits_since(opened),
        "outcomes": [(each.id, outcome_words(each.plaintext)) for each in laid],
        "promises": promises_of(
            known, outcome_at=laid[0].pushed_at if laid else None, at=request.at
        ),
        "again": asked_again(opened),
        "involved": copy is None or copy.told.involved,
        "has_choices": copy is not None,
        "may_say_how": _may_say_how(opened, copy),
        "outside": contact.name if contact else "",
        **support_of(known),
        "form": form or AddForm(),
        "files": files_among(opened),
        "said": said or next((one for one in SAID if one in request.GET), ""),
        "waits": waits is not None,
        "keeps_out_later": waits is not None and bool(waits.keep_out),
        "waits_until": settles_at(code) if code else None,
    }
    return render(request, "reports/box.html", context, status=507 if full else 200)


def _how_it_stands(opened: list[Opened]) -> tuple[date, bool] | None:
    """What we said last, on which day: whether something was done; not once they have heard all that came of it."""
    said = [each.plaintext.decode() for each in opened if each.kind == STATUS]
    told = any(each.kind == "outcome" for each in opened)
    if not said or (told and _waits_since(opened) is None):
        return None
    return date.fromisoformat(said[-1].removesuffix(RESTED)), not said[-1].endswith(RESTED)


def _waits_since(opened: list[Opened]) -> date | None:
    """Since when they know that a part of what was decided has not come through; until they hear of the rest."""
    said = [each for each in opened if each.kind == WAITS]
    later = [each for each in opened if each.kind == "outcome"]
    if not said or any(each.pushed_at > said[-1].pushed_at for each in later):
        return None
    return date.fromisoformat(said[-1].plaintext.decode())


def _may_say_how(opened: list[Opened], copy: OwnCopy | None) -> bool:
    """Whether to offer the page of feedback: never to somebody who wants no part in it, or to hear nothing."""
    asked = any(each.kind == FEEDBACK and each.plaintext == ASKED for each in opened)
    return asked and (copy is None or (copy.told.involved and copy.told.hear != "nothing"))


def _to_hide(request: Request, form: ReportForm) -> Registration | None:
    """Whoever the report was opened from, for somebody signed in who meets them in rooms."""
    source = form.told.source
    if source is None or source.author_id is None:
        return None
    person = person_of(request)
    return met(person.id, source.author_id) if person else None


def _came_from(request: Request) -> dict[str, str]:
    """The post, room or person whose "report" link led here; carried in the form, not tied to a login."""
    return {name: request.GET.get(name, "")[:36] for name in ("post", "room", "person")}
