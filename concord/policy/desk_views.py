"""The policy at the desk: staff acknowledge it like everyone else (P-ABIDE-1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.who_may import staff
from concord.policy.acknowledge import acknowledge, has_acknowledged
from concord.policy.forms import AcknowledgeForm
from concord.policy.models import Version


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_policy(request: DeskRequest) -> HttpResponse:
    """Read the version in force, and confirm it."""
    member = request.staff_member
    version = Version.objects.in_force(request.at)
    form = AcknowledgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        acknowledge(member, version=form.cleaned_data["version"], at=request.at)
        messages.success(request, _("Thank you. This version is now on your designation."))
        return redirect("staff_policy")
    page = {
        "version": version,
        "text": version.text_in(request.LANGUAGE_CODE) if version else None,
        "form": form,
        "done": has_acknowledged(member, at=request.at),
    }
    return render(request, "policy/desk_policy.html", page)
