"""The desk's side of files: one file's page, its cleaned copy, and the original behind a warning.

Nothing that came from outside is ever shown as it came. Bytes go out as a download that no browser runs, but
for a picture that we drew anew ourselves.
"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from concord.doors import Request, door
from concord.people.current import staff_of
from concord.people.models import StaffMember
from concord.people.who_may import designated
from concord.reports.clean_file import clean_file, read_copy
from concord.reports.models import Attachment, Report
from concord.reports.open_file import Opened, list_file, open_copy, open_original
from concord.reports.read_report import check_reads
from concord.vault.keyring import Keyring

SANDBOX = "sandbox; default-src 'none'"
SHOWN = {"jpg", "png"}


@door(designated)
@require_safe
def file(request: Request, report_id: UUID, file_id: UUID) -> HttpResponseBase:
    """One file: its cleaned copy, made now when nobody has opened it before, and the original."""
    found = clean_file(_find(request, report_id, file_id), keyring=_keyring(request), at=request.at)
    copy = read_copy(found, keyring=_keyring(request))
    context = {
        "report": found.report,
        "file": list_file(found, keyring=_keyring(request)),
        "copy": copy,
        "is_picture": copy is not None and copy.ending in SHOWN,
    }
    return render(request, "reports/desk_file.html", context)


@door(designated)
@require_safe
def picture(request: Request, report_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The picture that we drew anew, for the page; anything else is not there."""
    found = _find(request, report_id, file_id)
    copy = read_copy(found, keyring=_keyring(request))
    if copy is None or copy.ending not in SHOWN:
        raise Http404
    return give(open_copy(found, keyring=_keyring(request), at=request.at), inline=True)


@door(designated)
@require_POST
def copy(request: Request, report_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The cleaned copy, to keep."""
    found = _find(request, report_id, file_id)
    return give(open_copy(found, keyring=_keyring(request), at=request.at))


@door(designated)
@require_POST
def original(request: Request, report_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The file as it came, asked for behind a warning."""
    found = _find(request, report_id, file_id)
    return give(open_original(found, keyring=_keyring(request), at=request.at))


def give(opened: Opened, *, inline: bool = False) -> HttpResponseBase:
    """A file's bytes, of no type that a browser runs."""
    response = StreamingHttpResponse(opened.pieces, content_type=opened.type)
    response["Content-Length"] = str(opened.size)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    if not inline:
        named = content_disposition_header(as_attachment=True, filename=opened.name)
        response["Content-Disposition"] = named or "attachment"
    return response


def _find(request: Request, report_id: UUID, file_id: UUID) -> Attachment:
    """A file of a report whose row this person sees. Raises Http404, vault.NoGrant, OnlyCurrentStaff."""
    staff = cast("StaffMember", staff_of(request))  # the door let in nobody else
    report = Report.objects.visible_to(staff).filter(id=report_id).first()
    found = Attachment.objects.select_related("report").filter(id=file_id, report=report).first()
    if report is None or found is None:
        raise Http404
    check_reads(report, by=staff, keyring=_keyring(request), at=request.at)
    return found


def _keyring(request: Request) -> Keyring:
    return cast("Keyring", request.keyring)
