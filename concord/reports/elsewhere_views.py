"""At the desk: put in what somebody who watches saw outside our rooms."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from concord.doors import door
from concord.monitoring.forms import Typed
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import monitor
from concord.reports.forms import ReportForm
from concord.reports.note_elsewhere import note_elsewhere
from concord.reports.uploads import takes_files


class ElsewhereForm(ReportForm):
    """Where it stands, what it says, and a picture of it."""

    text = Typed(
        label=gettext_lazy("What did you see?"),
        help_text=gettext_lazy("What it says, as it stands there, and why you bring it."),
        rows=5,
        required=True,
        error_messages={"required": gettext_lazy("A sentence is enough; it is needed.")},
    )
    where = Typed(
        label=gettext_lazy("Its address"),
        help_text=gettext_lazy("Nobody here opens it by itself, and no machine does."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )


@takes_files
@door(monitor)
@require_http_methods(["GET", "HEAD", "POST"])
def seen_elsewhere(request: DeskRequest) -> HttpResponse:
    """The form; sent, it lies in the inbox of those who receive reports."""
    if request.method != "POST":
        return render(request, "reports/desk_elsewhere.html", {"form": ElsewhereForm(receivers=[])})
    form = ElsewhereForm(request.POST, request.FILES, receivers=[], at=request.at)
    if not form.is_valid():
        return render(request, "reports/desk_elsewhere.html", {"form": form}, status=422)
    note_elsewhere(
        form.told,
        form.files_field.taken,
        nonce=form.nonce_sent,
        by=request.staff_member,
        at=request.at,
    )
    messages.success(request, _("It is sealed, and before those who receive reports."))
    return redirect("watch")
