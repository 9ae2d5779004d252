"""People are told to look by every way there is, and one that hangs, fails or lies stops none of the others."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils import timezone

from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.monitoring import channels
from concord.monitoring.knock import StrangerFailed, is_safe, knock
from concord.monitoring.models import PushSubscription
from concord.monitoring.push import PUSH, send_push
from concord.monitoring.reach_by_push import MOST, NotAPushService, reach_by_push, stop_push
from concord.monitoring.ring import NOTICE, ring
from concord.monitoring.vapid import _plain, public_key
from concord.monitoring.webhook import KIND, WEBHOOK, number_of, send_webhook
from concord.outbox.models import Job
from concord.outbox.worker import claim, run, run_due
from concord.people.end_designation import end_designation
from concord.people.leave_address import address_left_by, leave_address
from concord.people.models import StaffMember
from concord.people.tests.fixtures import gathered, mailbox, team
from concord.people.tests.team import PASSPHRASE, Mailbox, Team, desk_client, sign_in_at_the_desk

__all__ = ["gathered", "mailbox", "team"]

pytestmark = pytest.mark.django_db


@dataclass
class Service:
    """A real server on this machine that answers as it is told: a status, elsewhere, or never."""

    url: str
    answers: int = 201
    hangs: bool = False
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    done: Event = field(default_factory=Event)


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            made.asked.append((self.path, dict(self.headers), body))
            if made.hangs:
                made.done.wait(30)
                return
            self.send_response(made.answers)
            self.send_header("Location", f"{made.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Service(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    settings.CONCORD_PUSH_HOSTS = ["127.0.0.1"]
    settings.CONCORD_STRANGER_SECONDS = 0.3
    yield made
    made.done.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(service: Service, settings: Any, tmp_path: Path) -> Service:
    secret = tmp_path / "secret"
    secret.write_text("a secret of more than thirty-two signs\n")
    secret.chmod(0o600)
    settings.CONCORD_WEBHOOK_URL = f"{service.url}/wake?team=1"
    settings.CONCORD_WEBHOOK_SECRET_FILE = str(secret)
    return service


def waiting(kind: str) -> Job | None:
    return Job.objects.waiting().filter(kind=kind).first()


def carried_out() -> None:
    """The outbox runs what is due now; what failed waits for a second or more."""
    run_due(at=timezone.now() + timedelta(milliseconds=500))


def with_letters(team: Team) -> None:
    leave_address(team.luis, address="luis@example.org", at=timezone.now())


def test_everybody_on_the_team_leaves_an_address_changes_it_and_takes_it_back(
    team: Team, mailbox: Mailbox
) -> None:
    noor = sign_in_at_the_desk(team.noor)
    wrong = noor.post("/reached/letters", {"address": "noor at home"})
    assert wrong.status_code == 422
    assert "noor at home" in wrong.content.decode()
    for address in ("noor@home.example", "NOOR@away.example"):
        noor.post("/reached/letters", {"address": address})
    noor.post("/reached/try")
    carried_out()
    (letter,) = mailbox
    assert letter["to"] == "noor@away.example"
    assert "desk.localhost" in letter["body"]
    assert "noor@away.example" in noor.get("/reached").content.decode()
    for table in (StaffMember, Entry, Job):
        assert "away.example" not in str(list(table.objects.values()))
    noor.post("/reached/letters", {"address": ""})
    ring([team.noor.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert len(mailbox) == 1
    kept = StaffMember.objects.filter(address_sealed__isnull=False)
    with_letters(team)
    assert kept.get() == team.luis
    end_designation(team.luis, by=None, at=timezone.now())
    assert not kept.exists()
    assert address_left_by(team.luis) == ""
    leave_address(team.luis, address="luis@example.org", at=timezone.now())
    assert not kept.exists()  # who has left leaves no address any more


def test_an_empty_message_goes_to_each_browser_and_says_who_sends_it(
    team: Team, service: Service
) -> None:
    reach_by_push(team.luis, endpoint=f"{service.url}/one", at=timezone.now())
    reach_by_push(team.luis, endpoint=f"{service.url}/two", at=timezone.now())
    ring([team.luis.person_id, team.noor.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert sorted(path for path, _h, _b in service.asked) == ["/one", "/two"]
    _path, headers, body = service.asked[0]
    assert (body, headers["Urgency"]) == (b"", "high")
    said, key = headers["Authorization"].removeprefix("vapid t=").split(", k=")
    assert key == public_key()
    token, signature = said.rsplit(".", 1)
    claims = json.loads(decoded(token.split(".")[1]))
    assert claims["aud"] == service.url
    raw = decoded(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    in_der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    point.verify(in_der, token.encode(), ec.ECDSA(SHA256()))


def test_a_browser_that_is_gone_is_forgotten(team: Team, service: Service) -> None:
    service.answers = 410
    reach_by_push(team.luis, endpoint=f"{service.url}/old", at=timezone.now())
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert not PushSubscription.objects.exists()
    assert waiting(PUSH) is None


@pytest.mark.parametrize("trouble", ["hangs", 500, 302])
def test_a_service_in_trouble_is_tried_again_and_stops_no_other_way(
    team: Team, gateway: Service, trouble: str | int
) -> None:
    with_letters(team)
    gateway.hangs, gateway.answers = trouble == "hangs", trouble if trouble != "hangs" else 200
    reach_by_push(team.luis, endpoint=f"{gateway.url}/one", at=timezone.now())
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert Letter.objects.filter(kind=NOTICE, sent_at__isnull=False).count() == 1
    assert {path for path, _h, _b in gateway.asked} == {"/one", "/wake?team=1"}
    pushed, called = waiting(PUSH), waiting(WEBHOOK)
    assert pushed is not None
    assert called is not None
    assert pushed.attempts == called.attempts == 1
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    run(claim(at=timezone.now(), strangers=False) or pytest.fail("the next call"))
    for kind in (PUSH, WEBHOOK):
        goes = waiting(kind)
        assert goes is not None
        assert (goes.attempts, goes.due_at <= timezone.now()) == (0, True), "it waits for no try"


def test_a_notice_that_came_to_nothing_for_minutes_is_given_up(
    team: Team, gateway: Service
) -> None:
    gateway.answers = 500
    found = reach_by_push(team.luis, endpoint=f"{gateway.url}/one", at=timezone.now())
    send_push(Job(kind=PUSH, subject=found.id, attempts=channels.LAST_TRY), at=timezone.now())
    late = Job(kind=WEBHOOK, subject=team.luis.person_id, attempts=channels.LAST_TRY)
    send_webhook(late, at=timezone.now())
    with pytest.raises(StrangerFailed):
        send_push(Job(kind=PUSH, subject=found.id, attempts=1), at=timezone.now())


def test_a_channel_that_breaks_stops_no_other(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(person: object, *, at: object) -> None:
        Letter.objects.create(kind="half a letter", left_at=timezone.now())
        raise RuntimeError

    monkeypatch.setattr(channels, "_channels", {"broken": breaks, **channels._channels})
    with_letters(team)
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert [letter.kind for letter in Letter.objects.all()] == [NOTICE]


def test_the_gateway_is_told_nothing_but_whom_to_wake_and_can_tell_that_it_is_us(
    team: Team, gateway: Service
) -> None:
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    ring([team.luis.person_id], at=timezone.now())
    carried_out()
    [(_path, headers, body)] = gateway.asked
    assert json.loads(body) == {"kind": KIND, "to": number_of(team.luis.person_id)}
    signed = f"{headers['X-Concord-Timestamp']}.".encode() + body
    right = hmac.new(b"a secret of more than thirty-two signs", signed, hashlib.sha256)
    assert headers["X-Concord-Signature"] == f"sha256={right.hexdigest()}"


def test_without_an_address_nobody_can_read_on_the_way_no_gateway_is_called(
    team: Team, gateway: Service, settings: Any
) -> None:
    settings.CONCORD_WEBHOOK_URL = "http://gateway.example/wake"
    ring([team.luis.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert not Job.objects.filter(kind=WEBHOOK).exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://me:pass@example.org/",
        "https:///x",
        "https://example.org:port/",
        "http://127.0.0.1.example.org/",
        "https://example.org/ x",
        "",
    ],
)
def test_a_request_leaves_for_https_or_this_machine_and_nowhere_else(url: str) -> None:
    assert not is_safe(url)
    with pytest.raises(ValueError, match="neither"):
        knock(url, headers={})


def test_no_browser_makes_us_write_to_an_address_of_its_choice(team: Team) -> None:
    for endpoint in ("http://127.0.0.1:8000/x", "https://fcm.googleapis.com.example/x", ""):
        with pytest.raises(NotAPushService):
            reach_by_push(team.luis, endpoint=endpoint, at=timezone.now())
    known = "https://updates.push.services.mozilla.com/wpush/v2/abc"
    assert reach_by_push(team.luis, endpoint=known, at=timezone.now()).person == team.luis.person_id


def test_a_browser_belongs_to_whoever_asked_last_and_five_are_kept(
    team: Team, service: Service
) -> None:
    at = timezone.now()
    first = reach_by_push(team.luis, endpoint=f"{service.url}/0", at=at)
    assert reach_by_push(team.luis, endpoint=f"{service.url}/0", at=at) == first
    for number in range(1, MOST + 1):
        endpoint = f"{service.url}/{number}"
        reach_by_push(team.luis, endpoint=endpoint, at=at + timedelta(seconds=number))
    assert not PushSubscription.objects.filter(id=first.id).exists()
    assert PushSubscription.objects.count() == MOST
    taken = reach_by_push(team.noor, endpoint=f"{service.url}/3", at=at)
    assert PushSubscription.objects.visible_to(team.luis).count() == MOST - 1
    stop_push(taken, by=team.luis, at=at)
    assert PushSubscription.objects.visible_to(team.noor).count() == 1
    stop_push(taken, by=team.noor, at=at)
    assert not PushSubscription.objects.visible_to(team.noor).exists()


def test_whoever_left_the_team_is_told_nothing(team: Team, gateway: Service) -> None:
    at = timezone.now()
    reach_by_push(team.noor, endpoint=f"{gateway.url}/one", at=at)
    end_designation(team.noor, by=None, at=at)
    ring([team.noor.person_id], at=timezone.now(), at_once=True)
    carried_out()
    assert gateway.asked == []
    assert not PushSubscription.objects.exists()


def test_each_person_sees_their_own_ways_and_ends_them(team: Team, gateway: Service) -> None:
    luis, noor = sign_in_at_the_desk(team.luis), sign_in_at_the_desk(team.noor)
    luis.post("/reached/push", {"endpoint": f"{gateway.url}/one"})
    page = luis.get("/reached").content.decode()
    assert number_of(team.luis.person_id) in page
    mine = PushSubscription.objects.get(person=team.luis.person_id)
    assert noor.post(f"/reached/push/{mine.id}/end").status_code == 404
    assert luis.post("/reached/push", {"endpoint": "https://example.org/"}).status_code == 409
    luis.post(f"/reached/push/{mine.id}/end")
    assert not PushSubscription.objects.exists()


def test_what_a_locked_phone_shows_says_nothing() -> None:
    script = desk_client().get("/notices.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert b"Please look at your desk." in script.content
    assert PASSPHRASE.encode() not in script.content


def decoded(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    blob = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert _plain(blob) == text
    return blob
