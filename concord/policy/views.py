"""The policy, for everyone: no sign-in, no script, printable; every version in every language it came in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.doors import Request, anyone, door
from concord.policy.models import Text, Version
from concord.policy.text import plain


@door(anyone)
@require_safe
def policy(request: Request) -> HttpResponse:
    """The version in force, and the way to all others (P-EMBODY-1)."""
    version = Version.objects.in_force(request.at)
    page = {
        "version": version,
        "text": version.text_in(request.LANGUAGE_CODE) if version else None,
        "versions": Version.objects.all(),
        "coming": Version.objects.filter(effective_from__gt=request.at).order_by("number").first(),
    }
    return render(request, "policy/policy.html", page)


@door(anyone)
@require_safe
def policy_version(request: Request, number: int) -> HttpResponse:
    """One version as it was published. The page holds nothing that changes later (P-UPDATE-1)."""
    version = _version(number)
    text = version.text_in(request.GET.get("in") or request.LANGUAGE_CODE)
    return render(request, "policy/version.html", {"version": version, "text": text})


@door(anyone)
@require_safe
def policy_text(request: Request, number: int, language: str) -> HttpResponse:
    """The bytes over which the published digest was taken."""
    text = Text.objects.filter(version=_version(number), language=language).first()
    if text is None:
        raise Http404
    words = plain(text.title, text.sections, credit=text.version.credit)
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _version(number: int) -> Version:
    version = Version.objects.filter(number=number).first()
    if version is None:
        raise Http404
    return version
