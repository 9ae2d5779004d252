"""The same browser over real connections: what a person sends goes through sockets to a server that runs."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.http import urlencode

from tests.browsing import PUBLIC, Browser

FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    """What came back; of redirects that were followed, the last one's answer."""

    status_code: int
    content: bytes
    headers: dict[str, str]
    redirect_chain: list[tuple[str, int]] = field(default_factory=list)


class Wire:
    """Does for `Browser` what Django's test client does, but over the wire."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str, *, follow: bool = False) -> Answer:
        return self._ask("GET", path, b"", {}, follow)

    def post(self, path: str, data: dict[str, Any], *, follow: bool = False) -> Answer:
        values = [
            one for each in data.values() for one in (each if isinstance(each, list) else [each])
        ]
        if any(isinstance(each, UploadedFile) for each in values):
            body, kind = encode_multipart(BOUNDARY, data), MULTIPART_CONTENT
        else:
            body, kind = urlencode(data, doseq=True).encode(), FORM
        return self._ask("POST", path, body, {"Content-Type": kind}, follow)

    def _ask(
        self, method: str, path: str, body: bytes, headers: dict[str, str], follow: bool
    ) -> Answer:
        answer = self._once(method, path, body, headers)
        while follow and answer.status_code in (301, 302, 303, 307):
            target = urlsplit(urljoin(path, answer.headers["location"]))
            path = target.path + (f"?{target.query}" if target.query else "")
            chain = [*answer.redirect_chain, (path, answer.status_code)]
            answer = self._once("GET", path, b"", {})
            answer.redirect_chain = chain
        return answer

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        held = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items() if one.value)
        sent = {"Host": self.host, "Origin": f"http://{self.host}", "Cookie": held, **headers}
        connection.request(method, path, body or None, sent)
        got = connection.getresponse()
        content = got.read()
        for set_cookie in got.headers.get_all("Set-Cookie") or []:
            self.cookies.load(set_cookie)
        connection.close()
        return Answer(got.status, content, {name.lower(): one for name, one in got.getheaders()})


def browser(port: int, host: str = PUBLIC) -> Browser:
    """Somebody's browser before a running server."""
    made = Browser(host)
    made.client = Wire(port, host)  # type: ignore[assignment]
    return made
