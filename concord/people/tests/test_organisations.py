"""Where somebody belongs to: in their own words or staff's, by any spelling, and gone when it is erased."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, models, transaction
from django.test import Client

from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.outbox.registry import handler_of
from concord.people.designate import NotYoursToDesignate
from concord.people.erase_affiliation import erase_affiliation
from concord.people.forget_logins import forget_logins
from concord.people.models import Affiliation, Organisation, Person, Source
from concord.people.name_organisation import name_organisation
from concord.people.note_organisation import note_organisation
from concord.people.organisations import affiliations_of, own_organisation
from concord.people.tests.team import AT, PUBLIC, Mailbox, Team, sign_in_by_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def bird() -> Person:
    return Person.objects.create()


def known(person: Person) -> list[tuple[str, str]]:
    return list(affiliations_of(person.id).values_list("organisation__name", "source"))


# One's own word


def test_a_person_names_one_changes_it_and_erases_it(bird: Person):
    name_organisation(bird, organisation="  Ballot   Watch ", at=AT)
    assert known(bird) == [("Ballot Watch", Source.SELF)]
    name_organisation(bird, organisation="Open Count", at=AT)
    assert known(bird) == [("Open Count", Source.SELF)]
    name_organisation(bird, organisation=" ", at=AT)
    assert not Affiliation.objects.exists()
    assert not Organisation.objects.exists()


def test_naming_it_twice_is_once(bird: Person):
    first = name_organisation(bird, organisation="Ballot Watch", at=AT)
    assert name_organisation(bird, organisation="ballot watch", at=AT) == first
    assert Organisation.objects.get().name == "Ballot Watch"


@pytest.mark.parametrize(
    "spelling",
    [
        "BALLOT WATCH",
        "Ballot\u200b Watch",
        "Ballot\u00a0Watch",
        "B\u0430llot Watch",
        "\u202eBallot Watch",
    ],
)
def test_other_spellings_are_the_same_organisation(bird: Person, spelling):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    name_organisation(Person.objects.create(), organisation=spelling, at=AT)
    assert Organisation.objects.get().affiliations.count() == 2


@pytest.mark.parametrize("other", ["Watch Ballot", "Balot Watch", "Ballot Watch 2", "بالوت"])
def test_what_is_only_similar_stays_another_one(bird: Person, other):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    name_organisation(Person.objects.create(), organisation=other, at=AT)
    assert Organisation.objects.count() == 2


def test_what_comes_back_does_not_tell_that_somebody_else_is_from_there(bird: Person):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    other = Person.objects.create()
    name_organisation(other, organisation="bALLOT wATCH", at=AT)
    assert own_organisation(other.id) == "bALLOT wATCH"
    name_organisation(other, organisation="BALLOT watch", at=AT)
    assert own_organisation(other.id) == "BALLOT watch"


def test_no_time_no_order_and_no_entry_is_kept(bird: Person):
    before = Entry.objects.count()
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    assert Entry.objects.count() == before
    for table in (Affiliation, Organisation):
        for field in table._meta.get_fields():
            assert not isinstance(field, models.DateField | models.AutoField)


def test_the_database_keeps_one_word_of_ones_own(bird: Person):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    other = Organisation.objects.create(name="Other", folded="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliation.objects.create(person=bird, organisation=other, source=Source.SELF)


@pytest.mark.parametrize(
    "name", ["\u200b\u202e", "x" * 121, "\ufdfa" * 120, "x" * 1_000_000, "\u0301" * 9]
)
def test_a_name_that_is_none_changes_nothing(bird: Person, name):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    with pytest.raises(ValueError, match="Please"):
        name_organisation(bird, organisation=name, at=AT)
    assert known(bird) == [("Ballot Watch", Source.SELF)]


# Staff's


def test_staff_note_one_beside_it_and_who_said_what_is_kept(team: Team, bird: Person):
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    for name in ("Open Count", "open count", "Ballot Watch"):
        note_organisation(bird, organisation=name, by=team.olu, at=AT)
    assert known(bird) == [
        ("Ballot Watch", Source.SELF),
        ("Ballot Watch", Source.STAFF),
        ("Open Count", Source.STAFF),
    ]
    name_organisation(bird, organisation="", at=AT)
    assert {source for _name, source in known(bird)} == {Source.STAFF}


def test_the_ledger_says_that_staff_noted_and_erased_not_about_whom(team: Team, bird: Person):
    noted = note_organisation(bird, organisation="Open Count", by=team.olu, at=AT)
    for _ in range(2):
        erase_affiliation(noted, by=team.olu, at=AT)
    assert not Organisation.objects.exists()
    entries = Entry.objects.filter(
        verb__in=["people.note_organisation", "people.erase_affiliation"]
    )
    assert {(entry.actor, entry.subject) for entry in entries} == {
        (team.olu.person_id, noted.organisation_id)
    }
    assert entries.count() == 2
    assert str(bird.id) not in str(list(Entry.objects.values()))


def test_an_organiser_erases_what_somebody_asks_to_have_erased(team: Team, bird: Person):
    own = name_organisation(bird, organisation="Ballot Watch", at=AT)
    assert own is not None
    erase_affiliation(own, by=team.olu, at=AT)
    assert known(bird) == []


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_others_of_the_team_do_neither(team: Team, bird: Person, who):
    noted = note_organisation(bird, organisation="Open Count", by=team.olu, at=AT)
    by = getattr(team, who)
    with pytest.raises(NotYoursToDesignate):
        note_organisation(bird, organisation="Another", by=by, at=AT)
    with pytest.raises(NotYoursToDesignate):
        erase_affiliation(noted, by=by, at=AT)
    assert known(bird) == [("Open Count", Source.STAFF)]


def test_a_note_without_a_name_is_none(team: Team, bird: Person):
    with pytest.raises(ValueError, match="name of the organisation"):
        note_organisation(bird, organisation="  ", by=team.olu, at=AT)


# Forgetting


def test_it_goes_with_the_mailbox_whoever_said_it(team: Team, mailbox: Mailbox):
    browser = sign_in_by_mail("bird@example.org", mailbox)
    bird = browser.get("/").wsgi_request.user.person
    stays = Person.objects.create()
    for person in (bird, stays):
        name_organisation(person, organisation="Ballot Watch", at=AT)
    note_organisation(bird, organisation="Open Count", by=team.olu, at=AT)
    forget_logins([bird.id], known_by_token=[bird.id], at=AT)
    assert known(bird) == []
    assert [one.name for one in Organisation.objects.all()] == ["Ballot Watch"]
    assert own_organisation(stays.id) == "Ballot Watch"


def test_one_that_was_passed_over_is_swept(bird: Person):
    Organisation.objects.create(name="Left", folded="left")
    name_organisation(bird, organisation="Ballot Watch", at=AT)
    handler = handler_of("people.sweep_organisations")
    assert handler is not None
    handler(Job(kind="people.sweep_organisations", due_at=AT), at=AT)
    assert [one.name for one in Organisation.objects.all()] == ["Ballot Watch"]


# Their own page


def test_on_their_own_page_they_change_and_erase_it(mailbox: Mailbox, team: Team):
    browser = sign_in_by_mail("bird@example.org", mailbox)
    bird = browser.get("/").wsgi_request.user.person
    assert (
        browser.post("/you", {"organisation": "<i>Ballot</i> Watch"}).headers["Location"] == "/you"
    )
    note_organisation(bird, organisation="Open Count", by=team.olu, at=AT)
    page = browser.get("/you").content.decode()
    assert 'value="&lt;i&gt;Ballot&lt;/i&gt; Watch"' in page
    assert "<i>Ballot" not in page
    assert "Open Count" in page
    browser.post("/you", {"organisation": ""})
    assert known(bird) == [("Open Count", Source.STAFF)]
    assert "Erase it" not in browser.get("/you").content.decode()


def test_what_cannot_be_read_comes_back_as_it_was_typed(mailbox: Mailbox):
    browser = sign_in_by_mail("bird@example.org", mailbox)
    for typed in ("y" * 121, "\u202e\u200b"):
        page = browser.post("/you", {"organisation": typed}).content.decode()
        assert "what you wrote is still here" in page
        assert typed in page
    whole = "application/x-www-form-urlencoded"
    page = browser.generic("POST", "/you", b"organisation=K%ff%fe", content_type=whole)
    assert "did not arrive whole" in page.content.decode()
    assert not Affiliation.objects.exists()


def test_whoever_is_not_signed_in_is_led_to_it():
    browser = Client(HTTP_HOST=PUBLIC)
    assert browser.get("/you").headers["Location"] == "/in?next=%2Fyou"
    assert browser.post("/you", {"organisation": "X"}).headers["Location"] == "/in?next=%2Fyou"
