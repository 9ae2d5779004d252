"""Hide somebody from oneself, see whom one hides, show them again. Nothing is stored here; see `hidden`."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from concord.doors import Request, anyone, door
from concord.people.current import person_of
from concord.people.onward import onward
from concord.spaces.hidden import hidden_by, hide, may_be_hidden, show_again


@door(anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def hidden(request: Request) -> HttpResponse:
    """Whom the reader hides; posted to, one more. Back to the room it came from, if there is one."""
    person = person_of(request)
    if person is None:
        return HttpResponseRedirect(
            f"{reverse('sign_in')}?{urlencode({'next': reverse('hidden')})}"
        )
    if request.method != "POST":
        next_path = onward(request.GET.get("next"))
        page = {"people": hidden_by(request), "next": next_path, "just": "just" in request.GET}
        return render(request, "spaces/hidden.html", page)
    registration = may_be_hidden(person.id).filter(id=_asked(request)).first()
    if registration is None:
        raise Http404
    response = HttpResponse(status=204) if request.htmx else _back(request)
    hide(request, response, registration)
    return response


@door(anyone)
@require_POST
def show(request: Request) -> HttpResponse:
    """Somebody's posts are there again."""
    next_path = onward(request.POST.get("next"))
    more = f"?{urlencode({'next': next_path})}" if next_path else ""
    response = HttpResponseRedirect(f"{reverse('hidden')}{more}")
    show_again(request, response, _asked(request))
    return response


def _back(request: Request) -> HttpResponse:
    next_path = onward(request.POST.get("next"))
    if next_path is None:
        return HttpResponseRedirect(f"{reverse('hidden')}?just")
    return HttpResponseRedirect(f"{next_path}#hidden-people")


def _asked(request: Request) -> UUID:
    try:
        return UUID(request.POST.get("who", ""))
    except ValueError:
        raise Http404 from None
