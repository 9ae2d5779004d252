"""The server is seized (PUB-25): in what lies there the day after, nobody finds what was told, nor who was there.

Every field of the main job that somebody types into holds a mark of its own, brought over real connections through the
pages; what is typed for closing, holding, restricting and drills is not among them.
Then whatever lies on the machine is searched for each mark, in every shape that a search would try: data folder,
database with its log of writes, files, temporary folders, log, letters, jobs, pages for what went wrong, and the
last backup. The key file is kept elsewhere.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection

from concord.cases.models import Case
from concord.concurrence.models import Proposal
from concord.convenings.models import Registration
from concord.monitoring.models import Flag
from concord.outbox.worker import plant_periodic, run_due
from concord.people.tests.team import Mailbox, code_now
from concord.reports.models import Attachment, Question, Report
from concord.reports.tests.files import photograph
from concord.site.backup import backup
from concord.site.front import Front
from concord.site.logs import AllowedFields
from concord.site.tests.running import running
from tests.browsing import DESK, Browser, into
from tests.cast import PASSPHRASES, Cast, Desk, answers_arrive, proposed, stage
from tests.policy.test_confidentiality import shapes
from tests.wire import browser

pytestmark = pytest.mark.django_db(transaction=True)
CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
FIELDS = (
    "text", "where", "when", "who", "wishes", "contact", "file", "inside", "draft", "more", "reach",
    "answer", "flag", "reason", "note", "party", "handle", "question", "asker", "told", "review",
    "finding", "why", "stabilises", "considered", "lesser", "safety", "subject", "notice",
    "declined", "beside", "mistyped", "lost",
)  # fmt: skip
MARKS = {name: f"canary{name}vz7" for name in FIELDS}
ADDRESS = "canaryaddressvz7@example.org"
REACH = f"{MARKS['contact']}@example.org"
ASKER = f"{MARKS['asker']}@example.org"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return stage()


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    with running(Front(get_wsgi_application(), threads=4)) as port:
        yield port


@pytest.fixture
def machine(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders that somebody carries away: files, temporary files, the last backup."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path


@pytest.mark.clauses("K-CONF-1", "K-NOTES-1", "P-RISK-1", "V-STALK-1")
def test_whoever_carries_the_server_away_finds_no_word_and_nobody(
    cast: Cast, port: int, machine: Path, mailbox: Mailbox, caplog, capfd
) -> None:
    with caplog.at_level(logging.DEBUG):
        codes = everything_is_told(cast, port, mailbox)
    secrets = [*MARKS.values(), *codes, ADDRESS, REACH, ASKER, *PASSPHRASES.values()]
    found = [
        (secret, place)
        for place, lies in what_lies_there(cast, machine).items()
        for secret in secrets
        if any(shape in lies for shape in shapes(secret))
    ]
    assert found == []
    written = [AllowedFields().format(record) for record in caplog.records]
    said = "".join(written) + "".join(capfd.readouterr())
    assert written
    assert [each for each in (*secrets, "Lindqvist", "Haddad") if each in said] == []
    assert re.search(rf"\b({'|'.join(PASSPHRASES)})\b", said, re.IGNORECASE) is None
    assert carried_too_far(mailbox, secrets) == []
    assert rows_of_who_was_where(cast) == []


def everything_is_told(cast: Cast, port: int, mailbox: Mailbox) -> list[str]:
    """The whole job over the wire; the codes and passphrases that were shown or typed on the way."""
    code = a_report(port)
    report = Report.objects.get()
    newcomer = browser(port).open("/e/votes/register")
    newcomer.press("Send me a link", display_name="Bird", address=ADDRESS)
    newcomer.press("Go in", code=mailbox.code())
    assert into(newcomer, cast.hall).path == f"/r/{cast.hall.id}"
    post = cast.say(cast.karim, "Go away")
    newcomer.open(f"/p/{post.id}/flag").press("Flag it", words=MARKS["flag"])

    amara, secret = at_desk(port, cast.amara)
    amara.open(f"/reports/{report.id}")
    assert amara.sees(MARKS["text"])
    assert amara.sees(MARKS["file"])
    for file in Attachment.objects.all():
        amara.open(f"/reports/{report.id}/files/{file.id}")
    amara.open(f"/reports/{report.id}").press("Answer", answer=MARKS["answer"])
    answers_arrive()
    beside = somebody_beside(port, code)
    amara.open(f"/flags/{Flag.objects.get().id}").press("It needs action", reason=MARKS["reason"])
    case = Case.objects.get()
    amara.open(f"/cases/{case.id}").press("Keep the note", text=MARKS["note"])
    amara.open(f"/cases/{case.id}/people").press(
        "Keep it", role="witness", name=MARKS["party"], other_names=MARKS["handle"]
    )
    amara.open(f"/cases/{case.id}").press("Make the copy", with_notes="yes")
    assert amara.sees(MARKS["note"])
    noor, _ = at_desk(port, cast.noor)
    luis = a_decision(cast, port, case, noor)
    a_question_and_a_review(port, noor, mailbox)
    what_goes_wrong(port, amara)
    plant_periodic(at=cast.at)
    run_due(at=cast.later(hours=1))
    return [*spelled(code), *spelled(beside), secret, luis]


def a_report(port: int) -> str:
    """With every box filled in; first it came back, for its first box was empty."""
    page = browser(port).open("/report")
    page.press("Send", text="", where=MARKS["draft"], attached=attached("lost", MARKS["lost"]))
    assert page.sees("A few words are enough")
    picture = SimpleUploadedFile("p.jpg", photograph() + MARKS["inside"].encode(), "image/jpeg")
    typed = {name: MARKS[name] for name in ("text", "where", "when", "who", "wishes")}
    sent = browser(port).open("/report").press(
        "Send", **typed, contact=REACH, hear="done",
        attached=[attached(MARKS["file"], MARKS["inside"]), picture],
    )  # fmt: skip
    code = code_on(sent)
    box = browser(port).open("/report/box").press("Open", code=code)
    box.press("Add it", words=MARKS["more"])
    box.open("/report/box/choices").press("Change it", contact=MARKS["reach"], wishes=MARKS["told"])
    return code


def somebody_beside(port: int, code: str) -> str:
    """The code of a person who reads what the reporter shares with them."""
    theirs = browser(port).open("/report/box").press("Open", code=code)
    beside = code_on(theirs.press("Make a code"))
    friend = browser(port).open("/report/box").press("Open", code=beside)
    friend.press("I keep it to myself")
    theirs.open("/report/box").press("Share it with the person")
    assert friend.open("/report/box").sees(MARKS["answer"])
    return beside


def a_decision(cast: Cast, port: int, case: Case, noor: Browser) -> str:
    """Proposed, declined by one and agreed to by another; the second factor of whoever agreed."""
    proposal: Proposal = proposed(
        cast, case, reason=MARKS["why"], finding=MARKS["finding"], stabilises=MARKS["stabilises"],
        considered=MARKS["considered"], less_severe=MARKS["lesser"], safety=MARKS["safety"],
        notice_subject=MARKS["subject"], notice_body=MARKS["notice"],
    )  # fmt: skip
    assert noor.open(f"/proposals/{proposal.id}").sees(MARKS["why"])
    noor.open(f"/proposals/{proposal.id}/decline").press("I do not agree", reason=MARKS["declined"])
    assert proposal.version.declines.exists()
    luis, secret = at_desk(port, cast.luis)
    assert luis.open(f"/proposals/{proposal.id}").sees(MARKS["why"])
    luis.press("I agree")
    return secret


def a_question_and_a_review(port: int, noor: Browser, mailbox: Mailbox) -> None:
    asked = browser(port).open("/ask").press("Send", words=MARKS["question"], contact=ASKER)
    assert CODE.search(asked.page)
    noor.open(f"/questions/{Question.objects.get().id}").press("Send", answer=MARKS["beside"])
    review = browser(port).open("/review").press("Send", words=MARKS["review"])
    assert '<output class="code"' in review.page
    mailbox.arrive()


def what_goes_wrong(port: int, amara: Browser) -> None:
    """Codes, words and names in places where they do not belong; no page for it says them again."""
    stranger = browser(port)
    lost = MARKS["mistyped"]
    pages = [
        stranger.open(f"/{lost}"),
        browser(port).open("/report/box").press("Open", code=lost),
        browser(port).open("/in").press("Send", address=lost),
        browser(port, DESK).open("/in").press("Sign in", login=lost, password=lost),
        amara.open(f"/cases/{lost}"),
        amara.open(f"/reports/00000000-0000-4000-8000-000000000000?{lost}"),
    ]
    assert [each.status for each in pages if each.status >= 500] == []
    assert "<title>" in stranger.page
    assert lost not in re.search(r"<title>(.*?)</title>", stranger.page, re.DOTALL)[1]  # type: ignore[index]


def what_lies_there(cast: Cast, machine: Path) -> dict[str, bytes]:
    """Everything on the machine, but for the key file and what is fetched from elsewhere."""
    saved = backup(machine / "backup" / "last", at=cast.later(hours=2))
    master_key = Path(settings.CONCORD_KEY_FILE).read_bytes()
    assert master_key
    database = Path(str(connection.settings_dict["NAME"]))
    lies = {
        "a table": tables(),
        "media": b"".join(named(machine / "media")),
        "a temporary folder": b"".join(named(machine / "tmp")),
        "the backup": b"".join(members(saved)),
        "the data folder": b"".join(named(Path(settings.CONCORD_DATA))),
        "a cache": json.dumps([str(vars(each)) for each in caches.all()]).encode(),
    }
    if connection.vendor == "sqlite":
        logged = [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
        lies["the database's own files"] = b"".join(
            each.read_bytes() for each in logged if each.exists()
        )
        assert b"Votes and Voices" in lies["the database's own files"]
    assert b"Votes and Voices" in lies["a table"]
    assert b"Votes and Voices" in lies["the backup"]
    assert lies["media"]
    assert not any(master_key.strip() in each for each in lies.values())
    return lies


def tables() -> bytes:
    """Every value of every table, the library's own included."""
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                parts += [
                    bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode()
                    for each in row
                ]
    return b"\n".join(parts)


def named(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file() and path != Path(settings.CONCORD_KEY_FILE):
            yield path.name.encode() + path.read_bytes()


def members(saved: Path) -> Iterator[bytes]:
    """What is in the backup, unpacked, and each value that is in base64 as what it is."""
    with tarfile.open(saved) as packed:
        for member in packed:
            content = packed.extractfile(member)
            plain = content.read() if content else b""
            yield member.name.encode() + plain
            for found in re.findall(rb'"([A-Za-z0-9+/]{16,}={0,2})"', plain):
                if len(found) % 4 == 0:
                    yield base64.b64decode(found)


def carried_too_far(mailbox: Mailbox, secrets: list[str]) -> list[tuple[str, str]]:
    """What a letter says that it may not: only an answer goes to whoever asked, and a notice to whom it is for."""
    own = {
        ASKER: MARKS["beside"],
        "karim.haddad@gmail.com": f"{MARKS['subject']} {MARKS['notice']}",
    }
    return [
        (secret, letter["to"])
        for letter in mailbox
        for secret in (*secrets, "Lindqvist")
        if secret in letter["subject"] + letter["body"] and secret not in own.get(letter["to"], "")
    ]


def rows_of_who_was_where(cast: Cast) -> list[str]:
    """Rows that tell of somebody who only went in that they were in the hall; an event's list has no rooms."""
    bird = Registration.objects.get(display_name="Bird")
    logins = bird.person.logins.values_list("id", flat=True)
    them = {str(one).replace("-", "") for one in (bird.id, bird.person_id, *logins)}
    hall = {str(one).replace("-", "") for one in (cast.hall.id, cast.hall.session_id)}
    wrong = []
    for model in apps.get_models():
        for row in model._base_manager.values_list():
            told = str([bytes(one) if isinstance(one, memoryview) else one for one in row])
            plain = told.replace("-", "")
            if any(one in plain for one in them) and any(one in plain for one in hall):
                wrong.append(model._meta.label)
    return wrong


def at_desk(port: int, desk: Desk) -> tuple[Browser, str]:
    """A colleague signs in over the wire; their browser, and the secret of their second factor."""
    secret = generate_totp_secret()
    TOTP.activate(desk.login, secret)
    page = (
        browser(port, DESK)
        .open("/in")
        .press("Sign in", login=desk.login.handle, password=PASSPHRASES[desk.login.handle])
    )
    return page.press("Sign in", code=code_now(secret)), secret


def attached(name: str, content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.txt", content.encode() * 100, "text/plain")


def code_on(page: Browser) -> str:
    found = CODE.search(page.page)
    assert found, page.words
    return found[1]


def spelled(code: str) -> list[str]:
    return [code, code.replace(" ", ""), code.replace(" ", "-")]
