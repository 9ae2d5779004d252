"""At the desk a file is named as text, looked at cleaned and blurred, and given out as nothing that runs."""

from __future__ import annotations

import pytest

from concord.ledger.models import Entry
from concord.people.tests.team import sign_in_at_the_desk
from concord.reports.bring_files import receive_with_files
from concord.reports.models import Attachment, Report
from concord.reports.tests.files import CANARY, brought, document, photograph
from concord.reports.told import Told
from concord.vault import files


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def report(amara, luis, kofi, at) -> Report:
    told = Told(text="With files.")
    return receive_with_files(told, [], nonce=b"n" * 16, at=at).report


def address(file: Attachment) -> str:
    return f"/reports/{file.report_id}/files/{file.id}"


def test_the_files_are_listed_by_name_size_and_kind(report, amara, at):
    brought(report, photograph(), at, "<b>photo</b>.jpg")
    brought(report, b"x" * 3_000, at, "notes.txt")
    page = sign_in_at_the_desk(amara.staff).get(f"/reports/{report.id}").content.decode()
    assert "&lt;b&gt;photo&lt;/b&gt;.jpg" in page
    assert "picture" in page
    assert "2.9\xa0KB" in page
    assert CANARY.decode() not in page


def test_a_picture_is_shown_blurred_and_only_as_we_drew_it(report, amara, at):
    file = brought(report, photograph(), at)
    browser = sign_in_at_the_desk(amara.staff)
    page = browser.get(address(file)).content.decode()
    assert '<div class="blurred"' in page
    assert f'<img src="{address(file)}/picture"' in page
    assert "data:image/jpeg" not in page
    shown = browser.get(f"{address(file)}/picture")
    assert shown["Content-Type"] == "image/jpeg"
    content = b"".join(shown.streaming_content)
    assert content.startswith(b"\xff\xd8\xff")
    assert CANARY not in content
    assert int(shown["Content-Length"]) == len(content)


@pytest.mark.parametrize(
    "content, name", [(photograph(), "a.jpg"), (b"<script>alert(1)</script>", 'a"\r\n.html')]
)
def test_the_original_goes_out_as_nothing_that_runs(report, amara, at, content, name):
    file = brought(report, content, at, name)
    browser = sign_in_at_the_desk(amara.staff)
    assert "not cleaned" in browser.get(address(file)).content.decode()
    given = browser.post(f"{address(file)}/original")
    assert b"".join(given.streaming_content) == content
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Disposition"].startswith("attachment")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in given["Cache-Control"]


def test_a_cleaned_document_is_downloaded_and_never_shown(report, amara, at):
    file = brought(report, document(), at, "letter.pdf")
    browser = sign_in_at_the_desk(amara.staff)
    page = browser.get(address(file)).content.decode()
    assert "<img" not in page
    assert browser.get(f"{address(file)}/picture").status_code == 404
    given = browser.post(f"{address(file)}/copy")
    assert 'filename="letter.pdf"' in given["Content-Disposition"]
    assert given["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert CANARY not in b"".join(given.streaming_content)


def test_what_cannot_be_cleaned_says_so(report, amara, at):
    file = brought(report, b"<svg onload=alert(1)>", at, "drawing.svg")
    browser = sign_in_at_the_desk(amara.staff)
    page = browser.get(address(file)).content.decode()
    assert "could not be cleaned" in page
    assert "/copy" not in page
    assert "<img" not in page
    assert browser.post(f"{address(file)}/copy").status_code == 409


def test_every_opening_is_recorded(report, amara, at):
    file = brought(report, photograph(), at)
    browser = sign_in_at_the_desk(amara.staff)
    browser.get(address(file))
    browser.get(f"{address(file)}/picture")
    browser.post(f"{address(file)}/copy")
    browser.post(f"{address(file)}/original")
    opened = Entry.objects.filter(verb="reports.open_file", subject=report.id).order_by("id")
    assert [entry.facts["which"] for entry in opened] == ["copy", "copy", "original"]
    assert all(entry.actor == amara.id for entry in opened)


@pytest.mark.clauses("I-STAFF-1", "K-CONF-1")
def test_for_colleagues_without_a_grant_no_file_is_there(report, kofi, luis, at):
    file = brought(report, photograph(), at)
    browser = sign_in_at_the_desk(kofi.staff)
    for read in ("", "/picture"):
        assert browser.get(address(file) + read).status_code == 404
    for given in ("/copy", "/original"):
        assert browser.post(address(file) + given).status_code == 404
    files.make_dormant(report.file, luis.id)
    at_rest = sign_in_at_the_desk(luis.staff)
    assert at_rest.get(address(file)).status_code == 403
    assert at_rest.post(f"{address(file)}/original").status_code == 403


def test_a_file_of_another_report_is_not_there(report, amara, at):
    file = brought(report, photograph(), at)
    other = receive_with_files(Told(text="Another."), [], nonce=b"m" * 16, at=at).report
    browser = sign_in_at_the_desk(amara.staff)
    assert browser.get(f"/reports/{other.id}/files/{file.id}").status_code == 404
