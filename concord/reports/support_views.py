"""Someone beside whoever reported: brought and removed with the reporter's code, reading with their own."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from concord.doors import Request, anyone, door
from concord.letterbox.read import Opened
from concord.letterbox.session import Held, current
from concord.reports.accept_confidence import accept_confidence
from concord.reports.add_form import AddForm
from concord.reports.add_supporter import add_supporter
from concord.reports.box_views import held_report
from concord.reports.file_forms import KEPT
from concord.reports.lay_outcome import outcome_words
from concord.reports.models import Question, Report, Shared, Supporter
from concord.reports.outside import contact_of
from concord.reports.read_shared import read_shared
from concord.reports.remove_supporter import remove_supporter
from concord.reports.share_answer import share_answer

NONCE_BYTES = 16


@door(anyone)
@require_POST
def add(request: Request) -> HttpResponse:
    """Bring somebody along: their code, on this one answer and nowhere else."""
    held, known = held_report(request)
    if held is None or known is None:
        return render(request, "reports/box_shut.html")
    code = add_supporter(known, nonce=_nonce(request), at=request.at)
    return render(request, "reports/support_code.html", {"code": code.replace("-", " ")})


@door(anyone)
@require_POST
def remove(request: Request) -> HttpResponse:
    """They are out of it, at once."""
    held, known = held_report(request)
    if held is None or known is None:
        return render(request, "reports/box_shut.html")
    remove_supporter(known, at=request.at)
    return HttpResponseRedirect(reverse("report_box") + "?changed")


@door(anyone)
@require_POST
def share(request: Request, answer_id: UUID) -> HttpResponse:
    """Show one answer to them."""
    held, known = held_report(request)
    if held is None or known is None:
        return render(request, "reports/box_shut.html")
    share_answer(known, answer_id, held=held, at=request.at)
    return HttpResponseRedirect(reverse("report_box") + "?changed")


@door(anyone)
@require_POST
def accept(request: Request) -> HttpResponse:
    """The support person keeps it to themself."""
    held = current(request, at=request.at)
    beside = Supporter.objects.filter(box=held.box.id).first() if held else None
    if beside is not None:
        accept_confidence(beside, at=request.at)
    return HttpResponseRedirect(reverse("report_box"))


def beside_or_shut(request: Request, held: Held | None) -> HttpResponse:
    """What a box shows that is no reporter's: what another code opens, or that nothing is open."""
    if contact_of(held) is not None:
        return HttpResponseRedirect(reverse("report_shelf"))
    if held is not None and Question.objects.filter(box=held.box.id).exists():
        return HttpResponseRedirect(reverse("ask_box"))
    beside = Supporter.objects.filter(box=held.box.id).first() if held else None
    if held is None or beside is None:
        return render(request, "reports/box_shut.html")
    if beside.accepted_at is None:
        return render(request, "reports/beside_first.html")
    shown = [_shown(each) for each in read_shared(beside, held=held)]
    return render(request, "reports/beside.html", {"shown": shown})


def shut(request: Request, waiting: AddForm | None = None, *, wrong: bool = False) -> HttpResponse:
    """Nothing is open. What was typed and brought stays on the page and goes along with the code."""
    full = waiting is not None and not waiting.is_valid() and waiting.files_field.no_space
    context = {"wrong": wrong, "waiting": waiting}
    return render(request, "reports/box_shut.html", context, status=507 if full else 200)


def brings_something(request: Request) -> bool:
    """Whether words or files came along with a code, because the box was shut when they were sent."""
    words, kept = request.POST.get("words", "").strip(), request.POST.getlist(KEPT)
    return bool(words or kept or request.POST.get("danger"))


def support_of(known: Report) -> dict[str, Any]:
    """What the reporter's own page says of the person beside them."""
    there = Supporter.objects.filter(report=known).first()
    shared = Shared.objects.filter(supporter__report=known).values_list("answer", flat=True)
    return {
        "supporter": there,
        "shared": set(shared),
        "support_nonce": secrets.token_hex(NONCE_BYTES),
    }


def _shown(each: Opened) -> dict[str, Any]:
    if each.kind == "outcome":
        return {"outcome": outcome_words(each.plaintext), "at": each.pushed_at}
    return {"text": each.plaintext.decode(), "at": each.pushed_at}


def _nonce(request: Request) -> bytes:
    try:
        sent = bytes.fromhex(request.POST.get("nonce", ""))
    except ValueError:
        sent = b""
    return sent if len(sent) == NONCE_BYTES else secrets.token_bytes(NONCE_BYTES)
