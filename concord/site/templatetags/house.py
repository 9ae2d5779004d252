"""What templates of every room may say alike: the two circles, a moment, a name, styles inside the page."""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info as language_info
from django.utils.translation import gettext, gettext_lazy, ngettext

from concord.people.onward import onward
from concord.site.language import language_in

register = template.Library()

COVERS = 64
"""As many as `covers.css` has lines; what a page loads later begins elsewhere among them."""
STYLES = Path(__file__).resolve().parent.parent / "static" / "concord"

BACK = {"room": gettext_lazy("Back to the room"), "event": gettext_lazy("Back to the event")}
"""The pages that help, policy and report lead back to, by the names of their addresses."""

MARKS = {
    "house": gettext_lazy("Concord"),
    "waiting": gettext_lazy("Nothing proposed yet"),
    "proposed": gettext_lazy("Proposed"),
    "agreed": gettext_lazy("Agreed by two people"),
    "done": gettext_lazy("Done and checked"),
    "declined": gettext_lazy("Declined"),
    "lapsed": gettext_lazy("Lapsed"),
}


@register.inclusion_tag("site/_mark.html")
def mark(state: str = "house", *, said: bool = False) -> dict[str, Any]:
    """The two circles as inline SVG.

    `said` when the words stand beside it, so that a screen reader does not hear them twice. An
    unknown state is a bug and raises KeyError.
    """
    words = MARKS[state]
    return {"state": state, "label": "" if said else words}


@register.simple_tag
def when(moment: datetime | None, *, now: datetime | None = None) -> str:
    """A moment, relative and absolute with its zone, in a <time>; nothing for None."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    absolute = _absolute(local)
    return format_html(
        '<time datetime="{}">{} <span class="quiet">({})</span></time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        relative(moment, now=now or timezone.now()),
        absolute,
    )


def _absolute(local: datetime) -> str:
    # A translation may write its dates in another order: the letters are those of Django's `date`.
    return f"{date_format(local, gettext('j F Y, H:i'))} {local.tzname()}"


@register.simple_tag
def clock(moment: datetime | None, *, now: datetime | None = None) -> str:
    """A moment in a word or two ("2 min ago"), the absolute time on asking; for dense lists."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        _absolute(local),
        relative(moment, now=now or timezone.now()),
    )


@register.simple_tag
def hour(moment: datetime) -> SafeString:
    """The hour and minute of a post, with its zone for machines and on asking."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        _absolute(local),
        date_format(local, "H:i"),
    )


@register.simple_tag
def to_the_second(moment: datetime) -> SafeString:
    """A moment that is only seconds away, with its zone."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}"><bdi dir="ltr">{}</bdi> {}</time>',
        moment.astimezone(UTC).isoformat(timespec="seconds"),
        date_format(local, "H:i:s"),
        local.tzname(),
    )


@register.filter
def band(code: str) -> int:
    """Which of the six bands a case or report carries beside its code, so that two open windows look unlike."""
    return sum(place * ord(sign) for place, sign in enumerate(str(code), 1)) % 6


@register.filter
def bdi(text: Any) -> SafeString:
    """A name or a code, kept from turning the direction of the words around it."""
    return format_html('<bdi dir="auto">{}</bdi>', text)


@register.filter
def ltr(text: Any) -> SafeString:
    """An address, number or code: always left to right."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)


@register.filter
def own_name(code: str) -> str:
    """A language's name in that language."""
    return str(language_info(code)["name_local"])


@register.filter
def direction(code: str) -> str:
    """Which way a language is written: `rtl` or `ltr`."""
    return "rtl" if language_info(code)["bidi"] else "ltr"


@register.simple_tag(takes_context=True)
def inline_css(context: template.Context, *names: str) -> SafeString:
    """Put our stylesheets into the page itself, and let the content policy of this answer know them."""
    css, digest = styles(names)
    request = context.get("request")
    if request is not None and digest not in getattr(request, "csp_style_hashes", (digest,)):
        request.csp_style_hashes.append(digest)
    return SafeString(f"<style>{css}</style>")  # our own files, nobody's words


@register.simple_tag
def shipped(path: str) -> str:
    """The address of a static file, even on an error page while the manifest is missing."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.simple_tag(takes_context=True)
def here_in(context: template.Context, code: str) -> str:
    """The address of this very page in another language."""
    request = context.get("request")
    if request is None:
        return f"/{code}/"
    asked = request.GET.copy()
    if not _came_from(request):
        asked.pop("from", None)
    return f"/{code}{iri_to_uri(request.path_info)}" + (f"?{asked.urlencode()}" if asked else "")


@register.simple_tag(takes_context=True)
def along(context: template.Context, here: str = "") -> str:
    """`?from=…` for a link to help, policy or report, so that it leads back: to this page, `here`, when it is a room
    or an event, else to where this page itself leads back. Empty when that is nowhere."""
    request = context.get("request")
    path = here or (_back(request.path) and request.path if request else "") or _came_from(request)
    return f"?{urlencode({'from': path})}" if path else ""


@register.simple_tag(takes_context=True)
def cover(context: template.Context) -> SafeString:
    """Which of this page's covers it is, so that lifting it is counted without a script too (`covers.css`)."""
    request = context.get("request")
    before = getattr(request, "covers", None)
    number = secrets.randbelow(COVERS) if before is None else (before + 1) % COVERS
    if request is not None:
        request.covers = number
    return format_html(' data-cover="{}"', number)


@register.simple_tag(takes_context=True)
def way_back(context: template.Context) -> SafeString | str:
    """The link back to the room or the event that somebody came from, as `?from=` says; nothing for any other path."""
    path = _came_from(context.get("request"))
    if not path:
        return ""
    return format_html('<p class="small"><a href="{}">{}</a></p>', path, _back(path))


def _came_from(request: HttpRequest | None) -> str:
    path = onward(request.GET.get("from")) if request else None
    return path if path and _back(path) else ""


def _back(path: str) -> str | Promise:
    """What the way back to a path is called; empty for a page that is none of those."""
    try:
        return BACK.get(resolve(language_in(path)[1]).url_name or "", "")
    except Resolver404:
        return ""


@lru_cache(maxsize=32)
def styles(names: tuple[str, ...]) -> tuple[str, str]:
    """Our stylesheets as one text, and the hash by which a content policy knows it."""
    # A template's literal is a SafeString, which pathlib refuses to join.
    css = _without_spaces("".join(Path(f"{STYLES}/{name}").read_text("utf-8") for name in names))
    digest = b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return css, f"sha256-{digest}"


def _without_spaces(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).replace(";}", "}").strip()


def relative(moment: datetime, *, now: datetime) -> str:
    """How far a moment lies from now, in its largest whole unit."""
    seconds = int((moment - now).total_seconds())
    if abs(seconds) < 45:
        return gettext("in a moment") if seconds > 0 else gettext("just now")
    span = _span(abs(seconds))
    return (
        gettext("in %(span)s") % {"span": span}
        if seconds > 0
        else (gettext("%(span)s ago") % {"span": span})
    )


def _span(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 36:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
