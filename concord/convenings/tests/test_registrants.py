"""People who registered elsewhere come in from a file, and nobody learns from it who was here before."""

from __future__ import annotations

import html
import logging
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from concord.access.gate import NotAdmitted, admit
from concord.convenings import send_guidelines as letters
from concord.convenings.import_registrants import TakenForTheTeam, import_registrants
from concord.convenings.models import Registration, State
from concord.convenings.plan_convening import HasEnded
from concord.convenings.read_registrants import MOST, read_registrants
from concord.convenings.read_table import UnreadableFile
from concord.convenings.tests.event import Planned, plan
from concord.ledger.models import Entry
from concord.people.designate import NotYoursToDesignate
from concord.people.models import Login
from concord.people.tests.team import Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db

HEAD = "name,email,pronouns,language\n"
TWO = HEAD + "Lin,lin@example.org,she/her,fr-CA\nÉmile Ÿ,Emile@Example.org,,xx\n"


@pytest.fixture
def planned(team: Team) -> Planned:
    return plan(team)


def problems_of(file: bytes | str) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_registrants(file.encode() if isinstance(file, str) else file)
    return " ".join(raised.value.problems)


def bring(planned: Planned, team: Team, table: str) -> None:
    people = read_registrants(table.encode()).people
    import_registrants(planned.convening, people, by=team.olu, at=planned.at)


@pytest.mark.parametrize("coded", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_as_spreadsheets_save_it(coded, delimiter):
    lin, emile = read_registrants(TWO.replace(",", delimiter).encode(coded)).people
    assert lin[1:] == ("Lin", "lin@example.org", "she/her", "fr")
    assert emile[1:] == ("Émile Ÿ", "emile@example.org", "", "")


def test_a_mailbox_that_comes_twice_is_one_person_and_is_said():
    read = read_registrants((TWO + "Lin again,LIN@example.org,,\n").encode())
    assert [one.name for one in read.people] == ["Lin", "Émile Ÿ"]
    assert read.again == [4]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "empty"),
        (b"\x00", "names the columns"),
        (HEAD, "nobody"),
        (b"name,email\nCaf\xe9,c@example.org", "CSV UTF-8"),
        ("first name;phone\nA;1", "Missing: name, email"),
        (HEAD + "A,no address,,", "Line 2: this is no mail address"),
        (HEAD + ",a@example.org,,", "Line 2: Please enter a name"),
        (HEAD + '"=cmd|\' /C calc\'!A0",a@example.org,,', "Line 2: the name begins like a formula"),
        (HEAD + "@SUM(A1),a@example.org,,", "Line 2: the name begins like a formula"),
        (HEAD + '"A,a@example.org', "quotation mark"),
        (b"name,email\n" + b"".join(b"A,a%d@example.org\n" % n for n in range(MOST + 1)), f"more than {MOST}"),
        (b"x" * 1_000_001, "larger"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_said_without_a_name_or_an_address(file, said):
    words = problems_of(file)
    assert said in words
    assert "example.org" not in words


@pytest.mark.clauses("P-OPEN-1", "P-RISK-1")
def test_who_is_brought_is_registered_once_and_is_in_nothing_by_that(planned, team, caplog):
    caplog.set_level(logging.DEBUG)
    for _twice in range(2):
        bring(planned, team, TWO)
    assert set(planned.convening.registrations.values_list("display_name", "pronouns")) == {
        ("Lin", "she/her"),
        ("Émile Ÿ", ""),
    }
    assert not Login.objects.by_mailbox().exists()  # nobody has shown that a mailbox is theirs
    assert not planned.convening.registrations.exclude(acknowledged_version=None).exists()
    assert "Lin" not in caplog.text
    assert "example.org" not in caplog.text
    entries = Entry.objects.filter(verb="convenings.import_registrants")
    assert [(one.actor, one.subject, one.facts) for one in entries] == [
        (team.olu.person_id, planned.convening.id, {})
    ] * 2


def test_whoever_is_here_already_keeps_the_name_they_chose(planned, team):
    bring(planned, team, HEAD + "Lin,lin@example.org,,\n")
    Registration.objects.update(display_name="Mei", pronouns="they/them")
    bring(planned, team, TWO)
    names = Registration.objects.values_list("display_name", "pronouns")
    assert set(names) == {("Mei", "they/them"), ("Émile Ÿ", "")}


@pytest.mark.clauses("P-GUIDE-1")
def test_they_get_the_guidelines_ahead_like_anybody(planned, team):
    bring(planned, team, TWO)
    before = planned.hall.starts_at - letters._ahead()
    assert letters.send_guidelines(planned.convening, at=before) == 2


@pytest.mark.clauses("A-DENY-1", "K-PRIV-1")
def test_somebody_who_is_shut_out_stays_out_and_the_file_does_not_say_so(planned, team, shut_out):
    bring(planned, team, HEAD + "Karim,karim@example.org,,\n")
    person = Registration.objects.get().person_id
    Registration.objects.all().delete()
    shut_out(person, at=planned.at, place=planned.convening.places[0])
    olu = sign_in_at_the_desk(team.olu)
    answers = []
    for address in ("karim@example.org", "somebody@example.org"):
        table = f"{HEAD}A name,{address},,\n"
        sent = olu.post("/events/forum/people", {"text": table, "take": "yes"}, follow=True)
        answers.append((sent.status_code, [str(one) for one in sent.context["messages"]]))
    assert answers[0] == answers[1]
    with pytest.raises(NotAdmitted):
        admit(person, planned.hall.places, at=planned.at)


def test_a_name_of_the_team_is_refused_by_its_line_before_anybody_is_registered(planned, team):
    with pytest.raises(TakenForTheTeam) as refused:
        bring(planned, team, f"{TWO}{team.luis.working_name},l@example.org,,\n")
    assert "Lines: 4" in str(refused.value.words)
    assert team.luis.working_name not in str(refused.value.words)
    assert not Registration.objects.exists()


def test_only_who_plans_events_brings_people_and_only_into_one_that_is_not_over(planned, team):
    people = read_registrants(TWO.encode()).people
    with pytest.raises(NotYoursToDesignate):
        import_registrants(planned.convening, people, by=team.noor, at=planned.at)
    planned.convening.state = State.ENDED
    planned.convening.save()
    with pytest.raises(HasEnded):
        import_registrants(planned.convening, people, by=team.olu, at=planned.at)
    assert not Registration.objects.exists()


def test_the_page_shows_before_it_does_and_is_for_who_plans_events(planned, team):
    olu, address = sign_in_at_the_desk(team.olu), "/events/forum/people"
    assert olu.get(address).status_code == 200
    file = SimpleUploadedFile("p.csv", (TWO + "<script>x,x@example.org,,\n").encode("utf-16"))
    page = olu.post(address, {"file": file, "take": "yes"}).content.decode()
    assert "Nothing has been done yet" in page
    assert "<script>x" not in page
    assert not Registration.objects.exists()
    kept = html.unescape(re.search(r'name="text" hidden>\n(.*?)</textarea>', page, re.S)[1])
    sent = {"text": kept.replace("\n", "\r\n"), "take": "yes"}
    assert olu.post(address, sent).headers["Location"] == "/events/forum"
    assert Registration.objects.count() == 3
    assert olu.post(address, {"text": "name,email\nA,x", "take": "yes"}).status_code == 400
    assert sign_in_at_the_desk(team.noor).get(address).status_code == 404
    assert olu.get("/events/none/people").status_code == 404
