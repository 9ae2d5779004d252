"""A decision takes hold however many slow or stalled senders hang on the server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from concord.access.gate import is_admitted
from concord.site.front import Front
from concord.site.tests.running import running
from tests.browsing import DESK, Browser, at_the_desk
from tests.cast import Cast, proposed, stage

pytestmark = pytest.mark.django_db(transaction=True)
STALLED = 50


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return stage()


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    with running(Front(get_wsgi_application(), threads=4)) as port:
        yield port


def half_sent(port: int) -> socket.socket:
    """A report of 2,000 bytes of which the half never comes."""
    sender = socket.create_connection(("127.0.0.1", port))
    sender.sendall(
        b"POST /report HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=" + b"x" * 1_000
    )
    return sender


def over_the_wire(port: int, browser: Browser) -> httpx.Client:
    """The same signed-in person, on a real connection to the server."""
    held = {name: morsel.value for name, morsel in browser.client.cookies.items()}
    cookies = "; ".join(f"{name}={value}" for name, value in held.items())
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Host": DESK, "Cookie": cookies}, timeout=60
    )


@pytest.mark.clauses("A-REVOKE-1", "R-ACT-REVOKE")
def test_fifty_stalled_uploads_do_not_hold_up_a_decision(cast: Cast, port: int) -> None:
    proposal = proposed(cast)
    luis = at_the_desk(cast.luis)
    stalled = [half_sent(port) for _ in range(STALLED)]
    with over_the_wire(port, luis) as wire:
        page = wire.get(f"/proposals/{proposal.id}").text
        form = next(part for part in page.split("<form") if "concurrence" in part)
        hidden = re.findall(r'name="(\w+)" value="([^"]+)"', form.split("</form>")[0])
        answer = wire.post(
            f"/proposals/{proposal.id}/concurrence",
            data=dict(hidden),
            headers={"Origin": f"http://{DESK}"},
        )
    assert answer.status_code in (200, 302)
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(seconds=30))
    assert all(sender.fileno() > 0 for sender in stalled)  # they hang on to the end
    for sender in stalled:
        sender.close()
