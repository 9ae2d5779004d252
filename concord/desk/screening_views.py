"""The desk's side of screening: lists of an event, what they would have flagged, and the words that come with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.convenings.models import Convening
from concord.doors import door
from concord.monitoring.bring_list import bring_list
from concord.monitoring.drop_list import drop_list
from concord.monitoring.export_list import export_list
from concord.monitoring.forms import ListForm, TryForm
from concord.monitoring.let_name_pass import ask_about_it_again
from concord.monitoring.models import PassingName, TermList, Unscreened
from concord.monitoring.pause_list import pause_list
from concord.monitoring.put_live import put_live
from concord.monitoring.rehearse_list import marked, rehearse_list
from concord.monitoring.screeners import make_screener
from concord.monitoring.screening.lexicon import LANGUAGES, words_to_read
from concord.monitoring.screening.read_list import MOST_BYTES
from concord.monitoring.shadow_list import shadow_list
from concord.monitoring.tallies import tallies_of
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import designated
from concord.refusals import Refused
from concord.reports.uploads import SealedFile, open_upload, takes_files

STEPS = {"shadow": shadow_list, "live": put_live, "pause": pause_list}


@takes_files
@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def screening(request: DeskRequest, slug: str) -> HttpResponse:
    """An event's lists, how often each rule asked, and a form for one more list."""
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = bring_list(
                convening,
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
                blob=_plain(form.cleaned_data["file"], at=request.at),
                by=request.staff_member,
                at=request.at,
            )
            return redirect("term_list", kept.id)
        except Refused as refused:
            form.add_error("file", str(refused.words))
    return _screening_page(request, convening, form=form)


@door(designated)
@require_POST
def try_text(request: DeskRequest, slug: str) -> HttpResponse:
    """What screening sees in a text that somebody types here. It is kept nowhere."""
    convening = Convening.objects.filter(slug=slug).first()
    if convening is None:
        raise Http404
    tried = TryForm(request.POST)
    text = tried.data.get("text", "")[:4_000]
    screened = make_screener(convening.id).screener.screen(text)
    spans = sorted({(one.start, one.end) for one in screened.signals})
    more = {"tried": tried, "screened": screened, "pieces": marked(text, spans)}
    return _screening_page(request, convening, **more)


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def term_list(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """One list; posted to, what it would have flagged among the newest messages."""
    kept = _find(list_id)
    found = None
    if request.method == "POST":
        found = rehearse_list(kept, by=request.staff_member, at=request.at)
        kept.refresh_from_db()
    return _list_page(request, kept, found=found)


@door(designated)
@require_POST
def list_step(request: DeskRequest, list_id: UUID, step: str) -> HttpResponse:
    """Count along, go live, pause."""
    kept, verb = _find(list_id), STEPS.get(step)
    if verb is None:
        raise Http404
    try:
        verb(kept, by=request.staff_member, at=request.at)
    except Refused as refused:
        return _list_page(request, kept, refused=refused, status=refused.status)
    messages.success(request, _("Changed. It holds in every room within a few seconds."))
    return redirect("term_list", kept.id)


@door(designated)
@require_POST
def list_away(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """Take a list away for good."""
    kept = _find(list_id)
    try:
        drop_list(kept, by=request.staff_member, at=request.at)
    except Refused as refused:
        return _list_page(request, kept, refused=refused, status=refused.status)
    messages.success(request, _("The list is gone."))
    return redirect("screening", kept.convening.slug)


@door(designated)
@require_POST
def name_again(request: DeskRequest, passing_id: UUID) -> HttpResponse:
    """A word that asks nobody asks again."""
    passing = PassingName.objects.filter(id=passing_id).select_related("convening").first()
    if passing is None:
        raise Http404
    ask_about_it_again(passing, by=request.staff_member, at=request.at)
    messages.success(request, _("Changed. It holds in every room within a few seconds."))
    return redirect("screening", passing.convening.slug)


@door(designated)
@require_safe
def list_file(request: DeskRequest, list_id: UUID) -> HttpResponse:
    """The list as a file; who took it is kept."""
    file = export_list(_find(list_id), by=request.staff_member, at=request.at)
    answer = HttpResponse(file, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="terms.csv"'
    return answer


@door(designated)
@require_safe
def screening_words(request: DeskRequest, language: str) -> HttpResponse:
    """The words that screening comes with, behind a warning."""
    if language not in LANGUAGES:
        raise Http404
    shown = words_to_read(language) if "shown" in request.GET else None
    page = {"language": language, "languages": LANGUAGES, "parts": shown}
    return render(request, "desk/screening_words.html", page)


def _screening_page(request: DeskRequest, convening: Convening, **more: Any) -> HttpResponse:
    page = {
        "convening": convening,
        "lists": TermList.objects.filter(convening=convening),
        "tallies": tallies_of(convening.id, at=request.at),
        "passing": PassingName.objects.now(convening.id),
        "unscreened": Unscreened.objects.filter(post__room__convening=convening).count(),
        "form": ListForm(),
        "tried": TryForm(),
        **more,
    }
    return render(request, "desk/screening.html", page)


def _list_page(
    request: DeskRequest, kept: TermList, *, status: int = 200, **more: Any
) -> HttpResponse:
    return render(request, "desk/term_list.html", {"list": kept, **more}, status=status)


def _plain(file: UploadedFile, *, at: datetime) -> bytes:
    """What was sent, up to a little more than a list can be; empty for a file that was not taken."""
    if not isinstance(file, SealedFile):
        return b""
    plain = bytearray()
    for piece in open_upload(file.brought):
        plain += piece
        if len(plain) > MOST_BYTES:
            break
    return bytes(plain)


def _find(list_id: UUID) -> TermList:
    kept = TermList.objects.filter(id=list_id).select_related("convening").first()
    if kept is None:
        raise Http404
    return kept
