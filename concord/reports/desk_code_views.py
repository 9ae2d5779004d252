"""At the desk: somebody lost their code, and gets another by the way to reach them that they had left."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, door
from concord.people.who_may import designated
from concord.reports.confirm_code import confirm_code
from concord.reports.desk_views import back, find, who
from concord.reports.read_report import check_reads, read_report
from concord.reports.reissue_code import reissue_code


@door(designated)
@require_http_methods(["GET", "HEAD", "POST"])
def another_code(request: Request, report_id: UUID) -> HttpResponse:
    """What it does, and how to reach them; pressed, the code on this one answer, to be handed over and not kept."""
    found = find(request, report_id)
    check_reads(found, **who(request))
    page = {
        "report": found,
        "contact": read_report(found, keyring=who(request)["keyring"], at=request.at).contact,
        "nonce": secrets.token_hex(16),
        "box_path": reverse("report_box", urlconf=settings.ROOT_URLCONF),
    }
    if request.method == "POST":
        nonce = request.POST.get("nonce", "").encode()
        page["code"] = reissue_code(found, nonce=nonce, **who(request)).code.replace("-", " ")
    return render(request, "reports/desk_another_code.html", page)


@door(designated)
@require_POST
def confirm(request: Request, report_id: UUID) -> HttpResponse:
    """A second reader has spoken with the reporter: the code on the page is theirs."""
    found = find(request, report_id)
    wanted = request.POST.get("code", "")
    code = next((one for one in found.new_codes.all() if str(one.id) == wanted), None)
    if code is None:
        raise Http404
    confirm_code(code, **who(request))
    return back(found)
