"""What is told stays with those who need it: no row, no page, no letter, no log tells anybody else."""

from __future__ import annotations

import base64
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from concord.cases.add_party import add_party
from concord.cases.models import Case
from concord.cases.read_case import read_case
from concord.cases.recuse import recuse
from concord.cases.write_note import write_note
from concord.concurrence.concur import concur
from concord.concurrence.decline import decline
from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.monitoring.models import Flag
from concord.outbox.worker import plant_periodic, run_due
from concord.people.end_designation import end_designation
from concord.people.models import StaffMember
from concord.people.tests.team import Mailbox
from concord.reports.models import Report
from concord.survivors.read_text import NamesSomebodyProtected
from concord.vault.errors import NoGrant
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import PASSPHRASES, Cast, case_about_karim, opened, proposed
from tests.policy.test_reports import CODE


@pytest.mark.clauses("K-CONF-1")
def test_for_whoever_has_a_conflict_or_stepped_out_there_is_no_case(cast: Cast) -> None:
    case = case_about_karim(cast)
    proposal = proposed(cast, case)
    recuse(case, who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    flag = case.sources.get().flag
    codes = (case.code, proposal.code, flag.code)
    for desk in (cast.ravi, cast.luis):
        browser = at_the_desk(desk)
        for path in ("/", "/decisions", "/watch"):
            assert not any(code in browser.open(path).page for code in codes)
        for path in (f"/cases/{case.id}", f"/proposals/{proposal.id}", f"/flags/{flag.id}"):
            assert browser.open(path).status == 404
        with pytest.raises(NoGrant):
            read_case(case, by=desk.staff, keyring=desk.keyring, at=cast.at)


@pytest.mark.clauses("K-CONF-1")
def test_nobody_off_the_case_opens_it_before_or_after_they_left_and_reading_is_kept(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    luis = at_the_desk(cast.luis).open(f"/cases/{case.id}")
    assert luis.sees("It urges her to hurt herself.")
    assert Entry.objects.filter(
        verb="cases.read_case", subject=case.id, actor=cast.luis.id
    ).exists()
    for desk in (cast.noor, cast.ines):
        assert at_the_desk(desk).open(f"/cases/{case.id}").status == 404
    end_designation(cast.luis.staff, by=None, at=cast.at)
    luis.open(f"/cases/{case.id}")
    assert not luis.sees("It urges her to hurt herself.")
    assert luis.path.startswith("/in")


@pytest.mark.clauses("K-WHO-1")
def test_nobody_of_the_team_reads_before_they_said_that_they_keep_it(cast: Cast) -> None:
    case = case_about_karim(cast)
    StaffMember.objects.filter(id=cast.luis.staff.id).update(pledged_at=None)
    luis = at_the_desk(cast.luis)
    for path in ("/", f"/cases/{case.id}", "/watch", "/decisions"):
        assert luis.open(path).sees("First say that you keep it to yourself")
        assert not luis.sees(case.code)
    assert luis.press("I keep it to myself").sees(case.code)
    assert luis.open(f"/cases/{case.id}").sees("It urges her to hurt herself.")
    assert luis.open("/discretion").sees("You have said so")
    assert Entry.objects.filter(verb="people.pledge", actor=cast.luis.id).count() == 2


@pytest.mark.clauses("K-PRIV-1")
def test_lists_show_codes_and_a_name_only_when_it_is_asked_for(cast: Cast) -> None:
    case = case_about_karim(cast)
    version = opened(proposed(cast, case).version, cast.luis, cast.at)
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    for browser in (amara, luis):
        for path in ("/", "/decisions"):
            listed = browser.open(path)
            assert case.code in listed.page or "Hall 1" in listed.words
            assert not any(name in listed.page for name in ("Karim", "Haddad", "Sara", "Lindqvist"))
    assert not amara.open(f"/cases/{case.id}").sees("Lindqvist")
    asked_before = Entry.objects.filter(verb="cases.read_party").count()
    for party in case.parties.all():
        amara.open(f"/cases/{case.id}/people/{party.id}")
    assert Entry.objects.filter(verb="cases.read_party").count() > asked_before


@pytest.mark.clauses("K-PRIV-1", "K-NAME-1")
def test_a_colleague_who_is_asked_does_not_learn_who_was_harmed(cast: Cast) -> None:
    proposal = proposed(cast)
    noor = at_the_desk(cast.noor).open(f"/proposals/{proposal.id}")
    assert noor.sees("person A")
    assert "Lindqvist" not in noor.page
    assert "Sara" not in noor.page


@pytest.mark.clauses("K-NAME-1")
@pytest.mark.parametrize(
    "named", ["Sara Lindqvist", "S a r a L i n d q v i s t", "LINDQVIST", "Сара Линдквист"]
)
def test_no_notice_that_could_name_whoever_flagged_it_leaves(cast: Cast, named: str) -> None:
    with pytest.raises(NamesSomebodyProtected):
        proposed(cast, notice_body=f"After what {named} told us you have no access.")
    assert not Letter.objects.exists()


MARKS = {
    name: f"canary{name}xq7"
    for name in ("report", "where", "who", "wish", "contact", "flag", "reason", "note", "party",
                 "handle", "why", "finding", "declined", "again")
}  # fmt: skip


@pytest.mark.clauses("K-CONF-1", "K-NOTES-1")
def test_what_is_told_lies_in_no_table_log_letter_job_or_file(
    cast: Cast, mailbox: Mailbox, caplog, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with caplog.at_level(logging.DEBUG):
        code, address = everything_is_told(cast, mailbox)
    secrets = [*MARKS.values(), *PASSPHRASES.values(), code, code.replace(" ", ""), address]
    places = {
        "the database": dump(),
        "the log": caplog.text.encode(),
        "files": b"".join(files_under(tmp_path, settings.MEDIA_ROOT)),
        "letters": "".join(str({**each, "to": ""}) for each in mailbox).encode(),
        "the ledger": str(list(Entry.objects.values_list("verb", "facts"))).encode(),
    }
    for secret in secrets:
        for where, kept in places.items():
            assert not any(shape in kept for shape in shapes(secret)), (secret, where)
    assert b"Karim Haddad" in places["the database"]  # a name in a room is clear, by design
    for place in ("the log", "letters", "the ledger", "files"):
        assert b"Haddad" not in places[place]
        assert b"Lindqvist" not in places[place]


def everything_is_told(cast: Cast, mailbox: Mailbox) -> tuple[str, str]:
    """The whole job, with a mark in every field that somebody can type into."""
    address = "canaryaddressxq7@example.org"
    form = Browser().open("/report")
    sent = form.press(
        "Send", text=MARKS["report"], where=MARKS["where"], who=MARKS["who"],
        wishes=MARKS["wish"], contact=MARKS["contact"],
    )  # fmt: skip
    found = CODE.search(sent.page)
    assert found is not None
    browser = Browser().open("/e/votes/register")
    browser.press("Send me a link", display_name="Bird", address=address)
    browser.press("Go in", code=mailbox.code())
    into(browser, cast.hall)
    post = cast.say(cast.karim, "Go away")
    browser.open(f"/p/{post.id}/flag").press("Flag it", words=MARKS["flag"])
    amara = at_the_desk(cast.amara).open(f"/flags/{Flag.objects.get().id}")
    amara.press("It needs action", reason=MARKS["reason"])
    case = Case.objects.get()
    write_note(
        case, text=MARKS["note"], by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )
    add_party(
        case, role="witness", name=MARKS["party"], handles=[MARKS["handle"]],
        by=cast.amara.staff, at=cast.at,
    )  # fmt: skip
    proposal = proposed(cast, case, reason=MARKS["why"], finding=MARKS["finding"])
    decline(
        opened(proposal.version, cast.noor, cast.at), reason=MARKS["declined"],
        by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at,
    )  # fmt: skip
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees(MARKS["why"])
    assert luis.sees(MARKS["declined"])
    luis.press("I agree")
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.follow("Ask for a review").press("Send", words=MARKS["again"])
    amara.open(f"/reports/{Report.objects.get().id}")
    plant_periodic(at=cast.at)
    run_due(at=cast.later(hours=1))
    return found[1], address


def dump() -> bytes:
    """Every value of every table, as it lies there."""
    parts: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            parts.extend(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for row in cursor.fetchall()
                for value in row
            )
    return b"\n".join(parts)


def shapes(secret: str) -> Iterator[bytes]:
    """The secret as text, and as it would look in hex or base64."""
    plain = secret.encode()
    yield plain
    yield plain.hex().encode()
    yield base64.b64encode(plain)[:-4]


def files_under(*folders: Path) -> Iterator[bytes]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.name.encode() + path.read_bytes()
