"""Whatever is sent, and whatever breaks meanwhile: a clear and kind answer, and nothing of it is lost or half there.

One file at a time, one form at a time: see `concord/reports/tests`. Here it comes through the whole house, with
what a host sets by default, over real connections where a connection matters.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from select import select
from typing import Any

import pytest
from django.conf import settings as house_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.client import BOUNDARY, encode_multipart
from django.utils import timezone

from concord.cases.recuse import recuse
from concord.convenings.models import Convening, Session
from concord.letterbox.find import find
from concord.people.end_designation import end_designation
from concord.people.tests.team import Mailbox
from concord.reports.clean_file import read_brought
from concord.reports.models import Attachment, Report, Word
from concord.reports.read_report import read_report
from concord.reports.uploads import open_upload
from concord.site.front import Front
from concord.site.tests.running import exchange, running
from tests.browsing import DESK, Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, proposed, stage
from tests.policy.test_canary import CODE, code_on
from tests.wire import browser

SCRIPT = "<script>alert(1)</script>"
POLYGLOT = (
    b"GIF89a/*<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>*/=1;PK\x03\x04%PDF-1.7"
)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.clauses("I-SOON-1", "I-ANYWAY-1", "I-WHO-1")
def test_a_form_that_was_open_for_two_days_is_taken_whatever_changed_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    form = Browser().open("/report")
    end_designation(cast.ravi.staff, by=None, at=cast.later(hours=2))
    Session.objects.update(state="ended")
    Convening.objects.update(state="ended")
    settings.SECRET_KEY = "another"  # the server was started anew
    in_two_days = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: in_two_days)
    ticked = cast.ravi.staff.id.hex[:8]
    sent = form.press("Send", text="It took me two days to write this.", keep_out=ticked)
    report = Report.objects.get()
    assert find(code_on(sent)).id == report.box  # type: ignore[union-attr]
    assert report.received_at == in_two_days
    assert read_report(report, keyring=cast.luis.keyring, at=in_two_days).text.startswith("It took")
    assert sent.sees("Amara")
    assert not sent.sees("Ravi")


@pytest.mark.clauses("I-ANYWAY-1")
def test_two_hundred_files_at_once_come_back_with_every_word_and_the_first_ones_kept(
    cast: Cast,
) -> None:
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(200)]
    page = Browser().open("/report").press("Send", text="All of them.", attached=files)
    assert page.status == 200
    assert page.sees(f"at most {house_settings.CONCORD_REPORT_FILES}")
    assert "All of them." in page.page
    assert not Report.objects.exists()
    assert CODE.search(page.press("Send", kept_files=_kept(page)).page)
    assert Attachment.objects.count() == house_settings.CONCORD_REPORT_FILES


def _kept(page: Browser) -> list[str]:
    return [part.split('"')[0] for part in page.page.split('name="kept_files" value="')[1:]]


@pytest.mark.clauses("K-PRIV-1", "P-RISK-1")
def test_a_file_that_is_many_things_at_once_runs_nowhere_and_comes_back_as_it_was(
    cast: Cast,
) -> None:
    names = [f"{SCRIPT}.svg", "a.gif", 'x"; filename="y.html', "page.html"]
    files = [SimpleUploadedFile(name, POLYGLOT, "text/html") for name in names]
    assert CODE.search(Browser().open("/report").press("Send", text="Look.", attached=files).page)
    report = Report.objects.get()
    amara = at_the_desk(cast.amara).open(f"/reports/{report.id}")
    assert SCRIPT not in amara.page
    for file in Attachment.objects.filter(report=report):
        address = f"/reports/{report.id}/files/{file.id}"
        page = amara.open(address)
        assert page.status == 200
        assert SCRIPT not in page.page
        assert "'unsafe-inline'" not in page.policy
        assert page.sees("could not be cleaned")
        given = amara.client.post(f"{address}/original", {"csrfmiddlewaretoken": _token(amara)})
        assert b"".join(given.streaming_content) == POLYGLOT
        assert given["Content-Type"] == "application/octet-stream"
        assert given["Content-Disposition"].startswith("attachment")
        assert given["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in given["Content-Security-Policy"]


def _token(page: Browser) -> str:
    return page.client.cookies["__Host-csrf"].value


def test_a_name_that_is_a_script_is_a_name_on_every_page(cast: Cast, mailbox: Mailbox) -> None:
    them = Browser().open("/e/votes/register")
    them.press("Send me a link", display_name=SCRIPT, address="them@example.org")
    them.press("Go in", code=mailbox.code())
    into(them, cast.hall).press("Send", text=f"{SCRIPT}{{{{ 7 }}}}")
    Browser().open("/report").press("Send", text=SCRIPT, who=SCRIPT, where=SCRIPT, contact=SCRIPT)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    sara.follow("Flag")
    sara.press("Flag it", words=SCRIPT)
    case = case_about_karim(cast)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/people")
    amara.press("Keep it", role="witness", name=SCRIPT, other_names=SCRIPT)
    amara.open(f"/cases/{case.id}").press("Keep the note", text=SCRIPT)
    seen = [sara.open(path) for path in (f"/r/{cast.hall.id}", "/hidden", "/you")]
    desk = ["/", "/watch", f"/cases/{case.id}", f"/reports/{Report.objects.get().id}"]
    pages = [one.page for one in seen] + [amara.open(path).page for path in desk]
    assert not any(SCRIPT in page for page in pages)
    assert any("&lt;script&gt;alert(1)" in page for page in pages)


@pytest.mark.clauses("K-CONF-1")
def test_guessing_codes_finds_nothing_and_shuts_nobody_out(cast: Cast) -> None:
    right = code_on(Browser().open("/report").press("Send", text="He wrote again."))
    guesser = Browser()
    near = [right[:place] + "X" + right[place + 1 :] for place in range(0, 24, 3)]
    made_up = [f"{number:020d}" for number in range(20)]
    pages = {
        guesser.open("/report/box").press("Open", code=guess).words.replace(guess, "")
        for guess in [*near, *made_up]
        if guess != right
    }
    assert len(pages) == 1
    assert "__Host-box" not in {n for n, one in guesser.client.cookies.items() if one.value}
    assert Browser().open("/report/box").press("Open", code=right).sees("No answer yet")
    assert guesser.open("/report/box").press("Open", code=right).sees("No answer yet")


@pytest.mark.clauses("I-ANYWAY-1", "K-CONF-1")
def test_the_form_needs_no_cookie_and_another_site_changes_nothing_in_an_open_box(
    cast: Cast,
) -> None:
    stranger = Browser()
    sent = stranger.client.post(
        "/report", {"text": "Sent from a page of somebody else."}, headers={"origin": "null"}
    )
    assert CODE.search(sent.content.decode())
    assert not sent.cookies
    code = code_on(Browser().open("/report").press("Send", text="He wrote again.", contact="me"))
    box = Browser().open("/report/box").press("Open", code=code)
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    for path in ("words", "choices", "stay-out", "beside", "proof"):
        answer = box.client.post(f"/report/box/{path}", {"words": "forged"}, headers=foreign)
        assert answer.status_code == 403
    assert not Word.objects.exists()


@pytest.mark.clauses("K-CONF-1", "I-PROC-1")
def test_whoever_steps_out_with_pages_open_presses_in_vain(cast: Cast) -> None:
    case = case_about_karim(cast)
    proposal = proposed(cast, case)
    luis = at_the_desk(cast.luis)
    opened = {
        path: luis.open(path).page for path in (f"/cases/{case.id}", f"/proposals/{proposal.id}")
    }
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    for button, path, typed in (
        ("Keep the note", f"/cases/{case.id}", {"text": "Too late."}),
        ("Make the copy", f"/cases/{case.id}", {}),
        ("I agree", f"/proposals/{proposal.id}", {}),
    ):
        luis.turn_to(path, opened[path])
        luis.press(button, **typed)
        assert luis.status == 404
        assert "hurt" not in luis.page
    assert not case.notes.exists()
    proposal.refresh_from_db()
    assert not proposal.versions.get().concurrences.exists()


# Killed in the middle: a server in a process of its own, over the same database and folders.

SERVER = """
import json, sys
from pathlib import Path
from django.conf import settings
told = json.loads(sys.argv[1])
settings.DATABASES["default"]["NAME"] = told["database"]
settings.MEDIA_ROOT = Path(told["media"])
from django.core.wsgi import get_wsgi_application
from concord.site.front import Front
from concord.site.serving import Server, listen
with listen("127.0.0.1", 0) as sock:
    app = Front(get_wsgi_application(), threads=4)
    print(sock.getsockname()[1], flush=True)
    Server(app).run(sockets=[sock])
"""
CONTENT = os.urandom(600_000)


@contextmanager
def server_of_its_own() -> Iterator[tuple[subprocess.Popen[str], int]]:
    told = {
        "database": str(connection.settings_dict["NAME"]),
        "media": str(house_settings.MEDIA_ROOT),
    }
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER, json.dumps(told)],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "concord.site.testing",
            "CONCORD_TEST_HOME": str(Path(house_settings.CONCORD_KEY_FILE).parent.parent),
            "PYTHONPATH": str(house_settings.CHECKOUT),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child, int(child.stdout.readline())  # type: ignore[union-attr]
    finally:
        child.kill()
        child.wait()


def once_it_listens(child: subprocess.Popen[str], port: int) -> socket.socket:
    while child.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except ConnectionRefusedError:
            continue
    raise AssertionError("the server ended by itself")


def form(nonce: str) -> bytes:
    """A report with a file, as a browser sends it."""
    body = encode_multipart(
        BOUNDARY,
        {
            "nonce": nonce,
            "text": "He wrote again.",
            "attached": SimpleUploadedFile("a.bin", CONTENT),
        },
    )
    head = (
        f"POST /report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}"
        f"\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    return head.encode() + body


def half_way(sock: socket.socket, sent: bytes) -> None:
    """Half of it is on its way, and the server has begun to read."""
    sock.sendall(sent[: len(sent) // 2])


def all_sent(sock: socket.socket, sent: bytes) -> None:
    """All of it is on its way; nobody knows how far the server has come."""
    sock.sendall(sent)


def file_begun(sock: socket.socket, sent: bytes) -> None:
    """The first sealed bytes of the file lie on the disk."""
    sock.sendall(sent)
    folder = Path(house_settings.MEDIA_ROOT) / "sealed"
    while not (folder.is_dir() and any(folder.iterdir())):
        assert not select([sock], [], [], 0.01)[0], "it was answered, and no file was begun"


def answered(sock: socket.socket, sent: bytes) -> None:
    """The answer begins to come, but the code in it arrives nowhere."""
    sock.sendall(sent)
    sock.recv(1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reached", [half_way, file_begun, all_sent, answered])
def test_a_server_that_is_killed_leaves_a_whole_report_or_none_and_sent_again_it_is_one(
    reached: Callable[[socket.socket, bytes], None], transactional_db: None
) -> None:
    cast = stage()
    sent = form("ab" * 16)
    with (
        server_of_its_own() as (child, port),
        once_it_listens(child, port) as sock,
    ):
        reached(sock, sent)
        child.send_signal(signal.SIGKILL)
        child.wait()
    if reached is answered:
        assert Report.objects.exists()
    for report in Report.objects.all():
        assert whole(report, cast)
    with running(Front(get_wsgi_application(), threads=2)) as port:
        answer = exchange(port, sent)
        assert b" 200 " in answer.split(b"\r\n")[0]
        assert CODE.search(answer.decode("utf-8", "replace"))
        assert browser(port, DESK).open("/in").status == 200
    assert whole(Report.objects.get(), cast)


def whole(report: Report, cast: Cast) -> bool:
    """Its words and its file are there, as they were sent."""
    told = read_report(report, keyring=cast.amara.keyring, at=cast.later(minutes=1))
    (file,) = report.attachments.all()
    content = b"".join(open_upload(read_brought(file, keyring=cast.amara.keyring)))
    return told.text == "He wrote again." and content == CONTENT
