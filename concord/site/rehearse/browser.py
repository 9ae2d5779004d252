"""A browser without JavaScript: one host, its cookies, its pages. It speaks to 127.0.0.1 by the host's name.

Names under .localhost do not resolve everywhere, so the host is said in a header. A `Secure` cookie is kept and
sent although the scheme is http: the way is loopback, which browsers hold to be secure as well.
"""

from __future__ import annotations

import http.client
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from concord.site.rehearse.page import Fields, Form, Page
from concord.site.rehearse.timeline import Broken

MOST_REDIRECTS = 8
PATIENCE = 30.0


class Browser:
    """Somebody's browser on one of the two hosts."""

    def __init__(self, host: str, *, port: int) -> None:
        self.host = f"{host}:{port}"
        self._port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """Open an address, redirects included."""
        return self._follow(*self._ask("GET", path))

    def post(self, path: str, fields: Fields | dict[str, str]) -> Page:
        """Send a form's fields as a browser does."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{self.host}",
        }
        return self._follow(*self._ask("POST", path, urlencode(fields), headers))

    def submit(
        self, page: Page, form: Form, typed: dict[str, str | list[str] | None] | None = None
    ) -> Page:
        """Fill in a form of a page and send it."""
        path = urlsplit(urljoin(page.path, form.action))
        target = path.path + (f"?{path.query}" if path.query else "")
        return self.post(target, form.filled(typed or {}))

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> tuple[str, int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        headers = {"Host": self.host, "Accept-Language": "en", **(more or {})}
        if self.cookies:
            headers["Cookie"] = self.cookie_header
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for given in answer.headers.get_all("Set-Cookie", []):
            self._keep(given)
        return path, answer.status, answer.headers.get("Location", ""), text

    def _follow(self, path: str, status: int, location: str, text: str) -> Page:
        for _ in range(MOST_REDIRECTS):
            if status not in (301, 302, 303, 307, 308):
                return Page(status, path, text)
            there = urlsplit(urljoin(f"http://{self.host}{path}", location))
            if there.netloc != self.host:
                raise Broken(f"{path} leads to another host: {there.netloc}")
            target = there.path + (f"?{there.query}" if there.query else "")
            path, status, location, text = self._ask("GET", target)
        raise Broken(f"{path} leads in circles")

    def _keep(self, given: str) -> None:
        for name, morsel in SimpleCookie(given).items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)
