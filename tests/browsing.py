"""A person at a browser without JavaScript: opens pages, and presses the buttons of the forms that are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponseBase
from django.test import Client

from concord.people.tests.team import Mailbox, code_now
from concord.spaces.models import Room
from tests.cast import PASSPHRASES, Desk

PUBLIC, DESK = "localhost", "desk.localhost"


class Opened(NamedTuple):
    """What lies open before them: where, how it was answered, the document, and what it may load."""

    path: str = ""
    status: int = 0
    page: str = ""
    policy: str = ""


class Browser:
    """One person on one of the two hosts, with cookies of their own; CSRF is checked as on a real server."""

    def __init__(self, host: str = PUBLIC) -> None:
        self.client = Client(HTTP_HOST=host, enforce_csrf_checks=True)
        self._lies_open = Opened()
        self._led_to = ""

    @property
    def path(self) -> str:
        return self._look().path

    @property
    def status(self) -> int:
        return self._look().status

    @property
    def page(self) -> str:
        return self._look().page

    @property
    def policy(self) -> str:
        return self._look().policy

    def open(self, path: str) -> Browser:
        """Go to an address, following redirects."""
        return self._arrive(self.client.get(path, follow=True), path)

    def press(self, button: str, *, look: bool = True, **typed: object) -> Browser:
        """Send the form that has this button, as it stands on the page and with what is typed.

        With `look` False, the page that it leads to is opened only when it is looked at.
        """
        form = next((one for one in forms_of(self.page) if one.button(button) is not None), None)
        assert form is not None, f"no button {button!r} on {self.path}: {self.words}"
        sent = {**form.fields, **(form.button(button) or {}), **typed}
        path = form.goes_to(button) or self.path
        response = self.client.post(path, sent, follow=look)
        self._arrive(response, path)
        self._led_to = response.headers.get("Location", "")
        return self

    def follow(self, link: str) -> Browser:
        """Press a link with these words on it."""
        links = _Links()
        links.feed(self.page)
        return self.open(next(path for path, words in links.found if link in words))

    def post(self, path: str, **sent: object) -> Browser:
        """Send a request by hand, with the token that this browser holds, as a script would."""
        cookie = self.client.cookies.get("__Host-csrf")
        token = {"csrfmiddlewaretoken": cookie.value} if cookie else {}
        return self._arrive(self.client.post(path, {**token, **sent}, follow=True), path)

    def turn_to(self, path: str, page: str) -> Browser:
        """Turn to a page that was opened before and has lain open in another tab since."""
        self._led_to, self._lies_open = "", Opened(path, 200, page)
        return self

    def sees(self, words: str) -> bool:
        return words in self.words

    @property
    def words(self) -> str:
        """The text of the page, without its markup."""
        text = _Text()
        text.feed(self.page)
        return " ".join(" ".join(text.found).split())

    @property
    def session_key(self) -> str:
        return self.client.cookies["__Host-session"].value

    def _look(self) -> Opened:
        if self._led_to:
            self.open(self._led_to)
        return self._lies_open

    def _arrive(self, response: HttpResponseBase, path: str) -> Browser:
        chain = getattr(response, "redirect_chain", [])
        self._led_to = ""
        self._lies_open = Opened(
            chain[-1][0] if chain else path,
            response.status_code,
            getattr(response, "content", b"").decode(),
            response.headers.get("Content-Security-Policy", ""),
        )
        return self


def at_the_desk(desk: Desk) -> Browser:
    """A staff member's browser, signed in through both steps."""
    secret, browser = generate_totp_secret(), Browser(DESK)
    TOTP.activate(desk.login, secret)
    browser.open("/in").press(
        "Sign in", login=desk.login.handle, password=PASSPHRASES[desk.login.handle]
    )
    return browser.press("Sign in", look=False, code=code_now(secret))


def by_mail(address: str, mailbox: Mailbox) -> Browser:
    """A participant's browser, signed in by the six digits of a mail."""
    browser = Browser().open("/in").press("Send", address=address)
    return browser.press("Go in", code=mailbox.code())


def into(browser: Browser, room: Room) -> Browser:
    """Go to a room, reading the policy and the guidelines on the way when asked to."""
    browser.open(f"/r/{room.id}")
    if browser.path.endswith("/policy") or "/policy?" in browser.path:
        browser.press("Go on", agreed="on")
    if "/guidelines" in browser.path:
        browser.press("Enter", read="on")
    return browser


@dataclass
class Form:
    """A form on a page: where it goes, what it holds, and its buttons."""

    action: str
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def add(self, name: str, value: str) -> None:
        """Several ticks under one name are sent as several."""
        held = self.fields.get(name)
        if held is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*(held if isinstance(held, list) else [held]), value]

    def button(self, words: str) -> dict[str, str] | None:
        """What pressing the button with these words adds; None when there is no such button."""
        return next((sent for said, sent, _path in self.buttons if words in said), None)

    def goes_to(self, words: str) -> str:
        """Where the button with these words sends it: an address of its own, or the form's."""
        own = next((path for said, _sent, path in self.buttons if words in said), "")
        return own or self.action


def forms_of(page: str) -> list[Form]:
    parser = _Forms()
    parser.feed(page)
    return parser.found


class _Forms(HTMLParser):
    """Reads forms with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._form: Form | None = None
        self._said: list[str] | None = None
        self._sent: dict[str, str] = {}
        self._into: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        ticked = any(name in ("checked", "selected") for name, _ in attrs)
        if tag == "form":
            self._form = Form(had.get("action", ""))
            self.found.append(self._form)
        if self._form is None:
            return
        name = had.get("name", "")
        if tag == "button":
            self._said, self._sent = [], ({name: had.get("value", "")} if name else {})
            self._goes_to = had.get("formaction", "")
        elif tag == "input" and name:
            if had.get("type") not in ("checkbox", "radio", "submit") or ticked:
                self._form.add(name, had.get("value", "on" if ticked else ""))
        elif tag == "textarea":
            self._into = (name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and ticked:
            self._form.fields[self._select] = had.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)
        if self._into is not None:
            self._into = (self._into[0], self._into[1] + data)

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "button" and self._said is not None:
            said = " ".join("".join(self._said).split())
            self._form.buttons.append((said, self._sent, self._goes_to))
            self._said = None
        elif tag == "textarea" and self._into is not None:
            self._form.fields[self._into[0]] = unescape(self._into[1]).strip()
            self._into = None
        elif tag == "form":
            self._form = None


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self.found.append((urlsplit(self._href)._replace(fragment="").geturl(), ""))

    def handle_data(self, data: str) -> None:
        if self._href:
            path, words = self.found[-1]
            self.found[-1] = (path, words + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""
