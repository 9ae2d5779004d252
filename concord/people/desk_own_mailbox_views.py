"""The mailbox with which somebody of the team takes part themself: said at the desk, shown by six digits sent to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.doors import door
from concord.people.at_the_desk import DeskRequest
from concord.people.browser import browser_of
from concord.people.forms import CodeForm, OwnMailboxForm
from concord.people.own_mailbox import ask_own_mailbox, show_own_mailbox
from concord.people.sign_in import WrongCode
from concord.people.who_may import staff


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def own_mailbox(request: DeskRequest) -> HttpResponse:
    """Which mailbox; a letter goes to it."""
    form = OwnMailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_own_mailbox(
            form.cleaned_data["address"],
            by=request.staff_member,
            browser=browser_of(request),
            language=request.LANGUAGE_CODE,
            at=request.at,
        )
        return redirect("own_mailbox_code")
    status = 422 if form.is_bound else 200
    return render(request, "people/desk_own_mailbox.html", {"form": form}, status=status)


@door(staff)
@require_http_methods(["GET", "HEAD", "POST"])
def own_mailbox_code(request: DeskRequest) -> HttpResponse:
    """The six digits of the letter."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            show_own_mailbox(
                form.cleaned_data["code"],
                by=request.staff_member,
                keyring=request.keyring,
                browser=browser_of(request),
                at=request.at,
            )
        except WrongCode as refused:
            form.add_error("code", str(refused.words))
        else:
            messages.success(request, _("Kept. What is about you never reaches you."))
            return redirect("ties")
    page = {"form": form, "sent": True}
    status = 422 if form.is_bound else 200
    return render(request, "people/desk_own_mailbox.html", page, status=status)
