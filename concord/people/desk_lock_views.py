"""The lock: close the desk for a while, and open it again with one touch or the passphrase, where one was."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.doors import Request, anyone, door, on_desk
from concord.people.at_the_desk import DeskRequest
from concord.people.current import login_of
from concord.people.forms import TOO_MANY
from concord.people.from_elsewhere import moves_on
from concord.people.keep_draft import Typed, drop_draft, keep_draft, read_draft, take_draft
from concord.people.locked import KEPT, is_locked, lock_address
from concord.people.models import Draft, Login
from concord.people.onward import onward
from concord.people.passkey_forms import OpenByPassphraseForm, ShowPasskeyForm
from concord.people.passkeys import asked_to_show
from concord.people.reopen import open_by_passkey, open_by_passphrase
from concord.people.unlock import unlock_again
from concord.people.who_may import at_their_desk, staff
from concord.refusals import Refused
from concord.vault import session
from concord.vault.errors import TooManyAtOnce, WrongPassphrase

LONGEST_TYPED = 1_200_000


@door(at_their_desk)
@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: DeskRequest) -> HttpResponse:
    """Nothing is shown here, not even whose desk it is; a passkey or the passphrase opens it."""
    login, next_path = _login(request), onward(_sent(request, "next")) or "/"
    if not is_locked(request):
        return HttpResponseRedirect(next_path)
    by_passkey = "credential" in request.POST
    shown = ShowPasskeyForm(request.POST if by_passkey else None, user=login)
    typed = OpenByPassphraseForm(
        request.POST if request.method == "POST" and not by_passkey else None
    )
    status = 200
    if shown.is_valid() or typed.is_valid():
        try:
            keyring = (
                open_by_passkey(
                    login, shown.asserted, answer=shown.cleaned_data["answer"], at=request.at
                )
                if by_passkey
                else open_by_passphrase(login, typed.cleaned_data["passphrase"])
            )
        except Refused as refused:
            form = shown if by_passkey else typed
            code = TOO_MANY if isinstance(refused, TooManyAtOnce) else None
            words = _("This is not your passphrase. Nothing is locked any harder by trying again.")
            is_wrong = isinstance(refused, WrongPassphrase)
            form.add_error(
                None, ValidationError(words if is_wrong else str(refused.words), code=code)
            )
            status = refused.status
        else:
            unlock_again(request, keyring, at=request.at)
            return HttpResponseRedirect(next_path)
    page = {
        "shown": shown,
        "form": typed,
        "passkey": asked_to_show(login, at=request.at),
        "next_path": next_path,
        "asks_at_once": request.method == "GET" and "quiet" not in request.GET,
        "ends_at": session.ends_at(request),
    }
    return render(request, "people/desk_locked.html", page, status=status)


@door(at_their_desk)
@require_POST
def lock(request: DeskRequest) -> HttpResponse:
    """Close the desk now. A script sends along what is typed on the page and not sent yet."""
    login, page = _login(request), onward(request.POST.get("page")) or "/"
    draft = None
    typed = _typed(request.POST.get("typed", ""), page)
    if typed is not None:
        draft = keep_draft(login.person_id, typed, was_sent=False, at=request.at)
    session.lock(request)
    back = f"{page}#{KEPT}" if draft is not None else page
    return HttpResponseRedirect(lock_address(back, quiet="1"))


@door(at_their_desk)
@require_POST
def here(request: DeskRequest) -> HttpResponse:
    """Somebody is at the desk: a page says so while it is read without anything being pressed."""
    return HttpResponse(status=205 if is_locked(request) else 204)


@door(staff)
@require_POST
def take_kept(request: DeskRequest) -> HttpResponse:
    """What was typed on a page before it locked, for that page's own script, once."""
    page = onward(request.POST.get("page")) or "/"
    typed = take_draft(request.staff_member.person_id, page=page, keyring=request.keyring)
    return JsonResponse(
        {"fields": typed.fields, "scroll": typed.scroll} if typed else {"fields": []}
    )


@door(staff)
@require_safe
def kept_draft(request: DeskRequest, draft_id: UUID) -> HttpResponse:
    """What was sent to a locked desk, as it was typed: send it now, or let it go."""
    draft = _draft(request, draft_id)
    typed = read_draft(draft, request.keyring)
    long = [(name, value) for name, value in typed.fields if " " in value or "\n" in value]
    page = {
        "draft": draft,
        "typed": typed,
        "written": long,
        "carried": [each for each in typed.fields if each not in long],
    }
    return render(request, "people/desk_kept.html", page)


@door(staff)
@require_POST
def let_go(request: DeskRequest, draft_id: UUID) -> HttpResponse:
    """It is of no use any more."""
    draft = _draft(request, draft_id)
    page = read_draft(draft, request.keyring).page
    drop_draft(request.staff_member.person_id, id=draft.id)
    messages.success(request, _("It is kept no more."))
    return redirect(page)


@door(anyone, on_desk)
@require_safe
def look(request: Request) -> HttpResponse:
    """Where every notice leads; from here to what waits."""
    return moves_on(request, "/next")


def _login(request: DeskRequest) -> Login:
    login = login_of(request)
    if login is None:
        raise Http404
    return login


def _sent(request: DeskRequest, name: str) -> str | None:
    return request.POST.get(name) or request.GET.get(name)


def _draft(request: DeskRequest, draft_id: UUID) -> Draft:
    mine = Draft.objects.filter(person=request.staff_member.person_id, was_sent=True)
    found = mine.filter(id=draft_id).first()
    if found is None:
        raise Http404
    return found


def _typed(sent: str, page: str) -> Typed | None:
    """What a page's script says was typed: [[field, value], …] and how far down. None for anything else."""
    if not sent or len(sent) > LONGEST_TYPED:
        return None
    try:
        said: Any = json.loads(sent)
        fields = [(str(name), str(value)) for name, value in said["fields"]]
        scroll = max(0, min(int(said.get("scroll") or 0), 1_000_000))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Typed(page=page, action=quote(page), fields=fields, scroll=scroll)
