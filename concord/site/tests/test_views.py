"""The house's own small pages, asked for by somebody who means no good."""

from __future__ import annotations

import errno
import html
import re
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import trans_real

from concord.people.team_name import team_name, team_name_within
from concord.site.views import broken

pytestmark = pytest.mark.django_db


def test_leaving_works_whatever_cookies_the_browser_holds(client: Client):
    answer = client.get("/leave", HTTP_COOKIE="__Host-session=a; __Host-(odd)=1; __Host-=2; x=3")
    assert answer.status_code == 302
    assert set(answer.cookies) == {"__Host-session"}


@pytest.mark.parametrize(
    ("asked_by", "clears"), [("none", True), ("same-origin", True), ("cross-site", False)]
)
def test_nobody_is_signed_out_by_a_picture_on_somebody_elses_page(client: Client, asked_by, clears):
    client.cookies["__Host-hidden"] = "ar"
    answer = client.get("/leave", headers={"sec-fetch-site": asked_by})
    assert answer.status_code == 302
    assert ("Clear-Site-Data" in answer, "__Host-hidden" in answer.cookies) == (clears, clears)


@pytest.mark.parametrize("code", ["xx", "..", "en-us", "AR", "arx"])
def test_what_is_no_language_of_ours_is_not_looked_for(client: Client, code):
    known = set(trans_real._translations)
    assert client.get(f"/{code}/policy").status_code == 404
    assert set(trans_real._translations) == known


@pytest.mark.parametrize("path", ["/", "/help", "/policy", "/report", "/report/box", "/in"])
def test_the_address_keeps_the_language_and_no_cookie_does(client: Client, path):
    answer = client.get(f"/ar{path}", {"from": "/ar/e/forum"}, headers={"accept-language": "fr"})
    page = answer.content.decode()
    assert 'lang="ar" dir="rtl"' in page
    links = set(re.findall(r'(?:href|action)="(/[^"]*)"', page))
    assert {one for one in links if not re.match(r"/(ar|en|fr|es|static)/", one)} == set()
    assert f"/fr{path}?from=%2Far%2Fe%2Fforum" in page
    assert "__Host-language" not in answer.cookies
    assert 'lang="en"' in client.get("/help").content.decode()


@pytest.mark.parametrize("key", ['"\\000 12345678"', "A" * 32, "a" * 31, "a" * 5_000, "é" * 32])
def test_a_session_that_we_never_gave_out_is_not_looked_for(client: Client, key):
    sent = f"__Host-session={key}".encode().decode("latin-1")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/", HTTP_COOKIE=sent).status_code == 200
    assert not [one for one in asked if "django_session" in one["sql"]]


@pytest.mark.parametrize("path", ["/help", "/policy", "/report"])
def test_a_page_leads_back_to_the_room_or_event_that_somebody_came_from(client: Client, path):
    room = "/r/00000000-0000-0000-0000-000000000001"
    page = client.get(path, {"from": room}).content.decode()
    assert f'<a href="{room}">Back to the room</a>' in page
    assert f"/help?from={quote(room, safe='')}" in page
    assert "Back to the event" in client.get(path, {"from": "/e/forum"}).content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        "https://elsewhere.example/e/forum",
        "//e/forum",
        "/\\e/forum",
        "/leave",
        "/e/",
        "x",
        "\0",
        "/" * 999,
    ],
)
def test_a_page_leads_nowhere_else(client: Client, odd):
    page = client.get("/help", {"from": odd}).content.decode()
    assert "Back to the" not in page
    assert "?from=" not in page


def test_what_is_not_here_leads_to_the_report_page_or_at_the_desk_to_the_inbox(client: Client):
    assert '<a href="/report">the report page</a>' in client.get("/nowhere").content.decode()
    desk = client.get("/nowhere", headers={"host": "desk.localhost"}).content.decode()
    assert "To your inbox" in desk
    assert "report page" not in desk


def test_our_name_for_the_team_is_said_in_the_readers_language(client: Client, settings):
    with translation.override("en"):
        assert "فريق الرعاية" in client.get("/ar/help").content.decode()
        settings.CONCORD_TEAM_NAME = "Safety Circle"
        assert "Safety Circle" in client.get("/ar/help").content.decode()
        assert (team_name(), team_name_within()) == ("Safety Circle", "Safety Circle")


def test_inside_a_sentence_our_name_has_a_small_article():
    assert (team_name(), team_name_within()) == ("The care team", "the care team")


@pytest.mark.parametrize(
    ("why", "status"),
    [
        (OSError(errno.ENOSPC, "no space"), 507),
        (OperationalError("database or disk is full"), 507),
        (OperationalError("the database is away"), 500),
        (KeyError("a mistake of ours"), 500),
    ],
)
def test_when_something_breaks_the_words_come_back_and_no_secret_does(why, status: int):
    told = "</textarea><script>alert(1)</script> and all that happened"
    secrets = {"passphrase": "gravity salon", "code": "1234-5678", "share": "academic acid"}
    request = RequestFactory().post("/anywhere", {"text": told, "reason": " ", **secrets})
    try:
        raise why
    except type(why):
        answer = broken(request)
    page = answer.content.decode()
    assert answer.status_code == status
    assert html.escape(told) in page
    assert page.count("<textarea") == 1
    assert "<script>" not in page
    assert not any(secret in page for secret in secrets.values())


def test_a_body_that_cannot_be_read_still_gets_the_page_for_what_broke():
    request = RequestFactory().generic("POST", "/", b"x", content_type="multipart/form-data")
    assert broken(request).status_code == 500
