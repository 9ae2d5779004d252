"""No address of either host breaks, whatever is sent to it: junk in paths, queries, forms, headers and cookies.

Every address is asked by GET and by POST, by somebody unknown, by people who take part and by people of the
team, with the ids of things that are there and of things that are not. Each request is rolled back, so that
every one of them meets the same world. An answer in words is fine; a crash (5xx) is not. Every run asks every address
plainly on SQLite, and a third of them, as the source's own hash falls, with junk; of that third, on PostgreSQL, whoever
sees most. A night does everything on both.
"""

from __future__ import annotations

import itertools
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from concord.actions.ask_review import ask_review
from concord.cases.models import Party
from concord.concurrence.concur import concur
from concord.evasion.models import Match
from concord.letterbox.models import Answer
from concord.monitoring.reach_by_push import reach_by_push
from concord.people.name_organisation import name_organisation
from concord.people.signals import signed_in
from concord.reports.asked import Asked
from concord.reports.receive_question import receive_question
from concord.reports.receive_report import receive_report
from concord.reports.tests.files import brought, photograph
from concord.reports.told import Told
from concord.retaliation.notice_attempt import notice_attempt
from concord.retaliation.touching import of_person
from concord.site.clauses import record
from concord.spaces.pull_brake import pull_brake
from tests.browsing import DESK, PUBLIC, at_the_desk, forms_of
from tests.cast import Cast, Desk, case_about_karim, login_by_mailbox, opened, proposed, stage
from tests.house.test_doors import addresses
from tests.proofs import NIGHTLY

NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
FORM = "application/x-www-form-urlencoded"
LONG = "a\u0301\u0316" * 2_000
JUNK = [
    "",
    "1",
    "-1",
    "9" * 40,
    "on",
    str(NOWHERE),
    "\x00",
    "é\u202e\u200b\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "<script>alert(1)</script>{{ 7|add:7 }}{% x %}",
    "../../etc/passwd",
    "//elsewhere.example/%0d%0aX: 1",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "a@b.example",
    "session:" + str(NOWHERE),
    "\u0661\u0662\u0663\u0664\u0665\u0666",
    LONG,
]
QUERIES = (
    "after",
    "before",
    "answer",
    "next",
    "in",
    "of",
    "kind",
    "to",
    "back",
    "room",
    "post",
    "person",
)
OFTEN_SENT = {
    "text",
    "nonce",
    "version",
    "reason",
    "credible",
    "into",
    "next",
    "words",
    "code",
    "step",
}
NASTY_HEADERS: dict[str, Any] = {
    "HTTP_ACCEPT_LANGUAGE": "xx-" + "y" * 300 + ";q=9, \x7f, ar",
    "HTTP_REFERER": "http://[::1/%zz",
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_TARGET": "watch-rooms\x00",
    "HTTP_HX_CURRENT_URL": "http://[",
    "HTTP_ORIGIN": "null",
}
NASTY_COOKIES = (
    "__Host-hidden",
    "__Host-guidelines",
    "__Host-asked",
    "__Host-box",
    "__Host-csrf",
)


@dataclass
class World:
    """The stage, with one of each thing that has an address."""

    cast: Cast
    ids: dict[str, list[str]]


@pytest.fixture
def world(db: None) -> World:
    cast = stage()
    case = case_about_karim(cast)
    proposal = proposed(cast, case)
    agreed = concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    waiting = proposed(cast, case)
    signed_in.send(sender=None, login=login_by_mailbox("karimhaddad+1@gmail.com"), at=cast.at)
    told = Told(text="He would not stop.", hear="answer", language="en")
    report = receive_report(told, nonce=b"1" * 16, at=cast.at).report
    (attempt,) = notice_attempt({of_person(cast.karim.person_id)}, report=report.id, at=cast.at)
    asked = Asked("May I bring a friend?", "asks@example.net")
    question = receive_question(asked, nonce=b"3" * 16, at=cast.at).question
    assert question is not None
    _, review = ask_review(
        kind="review", words="Why?", contact="", shut=None, nonce=b"2" * 16, at=cast.at
    )
    brake = pull_brake(cast.annex, kind="slow", by=cast.noor.staff, at=cast.at)
    post = cast.say(cast.tomas, "Good morning")
    party = Party.objects.filter(case=case)[0]
    belongs = name_organisation(cast.sara.person, organisation="Ballot Watch", at=cast.at)
    assert belongs is not None
    told_at = reach_by_push(
        cast.noor.staff, endpoint="https://fcm.googleapis.com/fcm/send/one", at=cast.at
    )
    ids = {
        "slug": ["votes"],
        "number": ["1", "9" * 30],
        "language": ["en", "xx"],
        "link": ["a" * 32],
        "session_id": [str(cast.hall.session_id)],
        "room_id": [str(cast.hall.id), str(cast.annex.id)],
        "post_id": [str(post.id), str(case.sources.get().flag.post_id)],  # type: ignore[union-attr]
        "flag_id": [str(case.sources.get().flag_id)],
        "report_id": [str(report.id)],
        "question_id": [str(question.id)],
        "file_id": [str(brought(report, photograph(), cast.at).id)],
        "answer_id": [str(Answer.objects.filter(box=report.box).first().id)],  # type: ignore[union-attr]
        "case_id": [str(case.id)],
        "party_id": [str(party.id)],
        "proposal_id": [str(waiting.id), str(proposal.id)],
        "decision_id": [str(agreed.execution.decision.id)],
        "review_id": [str(review.id)],
        "attempt_id": [str(attempt.id)],
        "match_id": [str(Match.objects.get().id)],
        "brake_id": [str(brake.id)],
        "staff_id": [str(cast.noor.staff.id)],
        "subscription_id": [str(told_at.id)],
        "registration_id": [str(cast.sara.id)],
        "affiliation_id": [str(belongs.id)],
        "within": ["watch", "nothing"],
    }
    return World(cast, ids)


def test_no_public_address_breaks(world: World) -> None:
    visitors = {
        "somebody unknown": visitor(PUBLIC),
        "sara": participant(world, world.cast.sara.person.logins.get()),
        "karim, shut out": participant(world, world.cast.karim.person.logins.get()),
    }
    room = f"/r/{world.cast.hall.id}"
    assert [one.get(room).status_code for one in visitors.values()] == [302, 200, 403]
    assert broken("concord.site.urls_public", world, shared_out(visitors)) == []


def test_no_address_of_the_desk_breaks(world: World) -> None:
    visitors = {
        "somebody unknown": visitor(DESK),
        "amara": staff(world.cast.amara),
        "noor": staff(world.cast.noor),
    }
    assert [one.get("/").status_code for one in visitors.values()] == [302, 200, 200]
    assert broken("concord.site.urls_desk", world, shared_out(visitors)) == []


def shared_out(visitors: dict[str, Client]) -> dict[str, Client]:
    """On PostgreSQL whoever sees most; on SQLite everybody."""
    if NIGHTLY:
        return visitors
    asks = {"amara", "sara"} if connection.vendor == "postgresql" else set(visitors)
    return {who: one for who, one in visitors.items() if who in asks}


def broken(urlconf: str, world: World, visitors: dict[str, Client]) -> list[str]:
    found = []
    turn = itertools.count()
    for place, (who, client) in enumerate(visitors.items()):
        for path in paths(urlconf, world, place):
            for said, ask in requests(client, path, turn):
                status = undone(client, ask)
                if status >= 500:
                    found.append(f"{status} {who}: {said} {path}")
    return found


def paths(urlconf: str, world: World, turn: int) -> Iterator[str]:
    """Every address with ids of things that are there, then with ids of nothing."""
    for pattern, _ in addresses(import_module(urlconf).urlpatterns):
        yield from sorted({_filled(pattern, world.ids, which) for which in (turn, None)})


def _filled(pattern: str, ids: dict[str, list[str]], turn: int | None) -> str:
    def value(match: re.Match[str]) -> str:
        kind, name = match["kind"] or "uuid", match["name"]
        held = ids.get(name)
        if turn is not None and held:
            return held[turn % len(held)]
        return (
            str(NOWHERE)
            if kind == "uuid"
            else {"int": "0", "slug": "none", "str": "none", "path": "nothing"}[kind]
        )

    plain = re.sub(
        r"\^|\$|\(\?P<link>[^)]*\)", lambda m: "<slug:link>" if "link" in m[0] else "", pattern
    )
    return "/" + re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", value, plain)


def requests(client: Client, path: str, turn: Iterator[int]) -> Iterator[tuple[str, Any]]:
    """Several ways to ask, each with other junk than the last; fewer where there is nothing, or it is not its turn."""

    def junk() -> str:
        return JUNK[next(turn) % len(JUNK)]

    send = partial(client.generic, "POST", path)
    if connection.vendor == "sqlite" or is_its_turn(path):
        yield "GET", partial(client.get, path)
        yield "POST nothing", partial(client.post, path)
    if str(NOWHERE) in path or not is_its_turn(path):
        return
    if NIGHTLY or connection.vendor == "sqlite":
        yield from what_no_database_sees(client, path, junk)
    query = urlencode([(name, junk()) for name in QUERIES]) + "&after=%ff&after=%00&=&s[]=1"
    yield "GET junk", partial(client.generic, "GET", f"{path}?{query}", **NASTY_HEADERS)
    forms = _forms(client, path)
    names = sorted(OFTEN_SENT.union(*(one.fields for one in forms)))
    for _ in range(3 if NIGHTLY or connection.vendor == "postgresql" else 1):
        sent = {name: junk() for name in names}
        yield f"POST {sorted(v[:12] for v in sent.values())}", partial(client.post, path, sent)
    same = junk()
    body = urlencode([(name, same) for name in names] * 2) + "&%ff=%ff&%00=%00&" + "x" * 1_000_000
    yield f"POST all {same[:20]!r} twice, and 1 MB", partial(send, body, FORM, **NASTY_HEADERS)
    yield (
        "POST invalid UTF-8",
        partial(send, "&".join(f"{name}=%ff%00%ed%a0" for name in names), FORM),
    )
    for form in forms:
        yield (
            f"POST as the form stands to {form.action}",
            partial(client.post, form.action or path, form.fields),
        )


TREE = int(record.tree_hash(), 16)


def is_its_turn(path: str) -> bool:
    """By the address without its ids, which are others each time."""
    plain = re.sub(r"[0-9a-f-]{32,36}", "", path)
    return NIGHTLY or (zlib.crc32(plain.encode()) - TREE) % 3 == 0


def what_no_database_sees(
    client: Client, path: str, junk: Callable[[], str]
) -> Iterator[tuple[str, Any]]:
    """What goes wrong before anything is looked up."""
    send = partial(client.generic, "POST", path)
    yield "POST JSON", partial(send, json.dumps({"a": [1]}), "application/json")
    yield "GET with foreign cookies", partial(_with_cookies, client, path, junk())
    yield (
        "GET with a session that cannot be",
        partial(
            visitor(client.defaults["HTTP_HOST"]).get,
            path,
            HTTP_COOKIE='__Host-session="\\000\\377 12345678"',
        ),
    )
    yield "PUT", partial(client.put, path, b"{")
    yield "POST broken parts", partial(send, b"--x\r\nno part", "multipart/form-data; boundary=x")
    yield "POST no boundary", partial(send, b"x", "multipart/form-data")
    yield "POST odd charset", partial(send, b"a=1", f"{FORM}; charset=nonsense")


def _with_cookies(client: Client, path: str, value: str) -> HttpResponseBase:
    held = client.cookies.output(header="", sep=";").replace("\r\n", "")
    pairs = [part.split(";")[0].strip() for part in held.split("\n") if part.strip()]
    odd = [f"{name}={value!r}" for name in NASTY_COOKIES] + [
        "__Host-(odd)=1",
        "__Host-=;;=",
        "\xff=\xff",
    ]
    header = "; ".join([*pairs, *odd]).encode().decode("latin-1")  # as a server passes bytes on
    return client.get(path, HTTP_COOKIE=header)


def _forms(client: Client, path: str) -> list[Any]:
    page = undo(client, lambda: client.get(path))
    return forms_of(getattr(page, "content", b"").decode("utf-8", "replace"))


def undone(client: Client, ask: Any) -> int:
    return int(undo(client, ask).status_code)


def undo(client: Client, ask: Any) -> HttpResponseBase:
    """Ask, then leave database and cookies as they were."""
    before = {name: (morsel.value, dict(morsel)) for name, morsel in client.cookies.items()}
    try:
        with transaction.atomic():
            response: HttpResponseBase = ask()
            transaction.set_rollback(True)
    finally:
        client.cookies = SimpleCookie()
        for name, (value, attributes) in before.items():
            client.cookies[name] = value
            client.cookies[name].update(attributes)
    return response


def visitor(host: str) -> Client:
    return Client(HTTP_HOST=host, raise_request_exception=False)


def participant(world: World, login: Any) -> Client:
    client = visitor(PUBLIC)
    client.force_login(login, backend="concord.people.passphrase.PassphraseBackend")
    hall = world.cast.hall.session_id
    client.post(f"/s/{hall}/guidelines", {"number": "1", "read": "on"})
    return client


def staff(desk: Desk) -> Client:
    client = visitor(DESK)
    client.cookies = at_the_desk(desk).client.cookies
    return client
