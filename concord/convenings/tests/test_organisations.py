"""An organisation at registration, if one wants to name one: for staff, and never needed (P-OPEN-1, P-RISK-1)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from concord.convenings.models import Registration
from concord.convenings.register import register
from concord.convenings.tests.event import Planned, plan
from concord.people.models import Affiliation, Person, SignInAsk
from concord.people.organisations import own_organisation
from concord.people.tests.team import PUBLIC, Mailbox, Team, sign_in_at_the_desk, sign_in_by_mail

pytestmark = pytest.mark.django_db
PAGE = "/events/forum/organisations"


@pytest.fixture
def planned(team: Team) -> Planned:
    return plan(team)


def fill_in(browser: Client, **typed: str):
    form = {"display_name": "Bird", "address": "bird@example.org", "organisation": ""} | typed
    return browser.post("/e/forum/register", form)


def person_called(planned: Planned, name: str, organisation: str = "") -> Registration:
    return register(
        planned.convening,
        person=Person.objects.create(),
        display_name=name,
        organisation=organisation,
        at=planned.at,
    )


def test_it_is_kept_when_it_is_named_and_not_asked_again(planned: Planned, mailbox: Mailbox):
    browser = Client(HTTP_HOST=PUBLIC)
    fill_in(browser, organisation="Ballot\u202e Watch")
    browser.post(mailbox.link())
    registration = Registration.objects.get()
    assert own_organisation(registration.person_id) == "Ballot Watch"
    assert 'name="organisation"' not in browser.get("/e/forum/register").content.decode()
    browser.post("/e/forum/register", {"display_name": "Wren"})
    fill_in(browser, organisation="")
    assert own_organisation(registration.person_id) == "Ballot Watch"


def test_somebody_signed_in_may_name_one_too(planned: Planned, mailbox: Mailbox):
    browser = sign_in_by_mail("bird@example.org", mailbox)
    browser.post("/e/forum/register", {"display_name": "Bird", "organisation": "Ballot Watch"})
    assert own_organisation(Registration.objects.get().person_id) == "Ballot Watch"


@pytest.mark.parametrize("typed", ["\u200b\u202e", "x" * 121, "x" * 1_000_000, "\u2800"])
def test_one_that_is_none_comes_back_with_all_that_was_typed(planned: Planned, typed):
    page = fill_in(Client(HTTP_HOST=PUBLIC), organisation=typed).content.decode()
    assert "what you wrote is still here" in page
    for kept in ("bird@example.org", 'value="Bird"', typed):
        assert kept in page
    assert not SignInAsk.objects.exists()


def test_letters_that_did_not_arrive_whole_are_asked_for_again(planned: Planned):
    body = b"display_name=Bird&organisation=B%ff%fe&address=bird@example.org"
    browser = Client(HTTP_HOST=PUBLIC)
    whole = "application/x-www-form-urlencoded"
    page = browser.generic("POST", "/e/forum/register", body, content_type=whole).content.decode()
    assert "did not arrive whole" in page
    assert "bird@example.org" in page


def test_other_participants_never_see_it(planned: Planned, mailbox: Mailbox):
    person_called(planned, "Wren", "Unmistakable Institute")
    browser = sign_in_by_mail("bird@example.org", mailbox)
    browser.post("/e/forum/register", {"display_name": "Bird", "organisation": "Ballot Watch"})
    for path in ("/", "/e/forum", "/e/forum/register", "/you", "/help"):
        assert "Unmistakable" not in browser.get(path).content.decode()


# At the desk


def test_an_organiser_finds_one_person_by_their_whole_name(planned: Planned, team: Team):
    wren = person_called(planned, "Wren Ávila", "<b>Ballot</b> Watch")
    person_called(planned, "Wren")
    olu = sign_in_at_the_desk(team.olu)
    page = olu.get(PAGE).content.decode()
    assert "&lt;b&gt;Ballot&lt;/b&gt; Watch" in page
    assert "1 person" in page
    assert "Wren" not in page
    assert "Nobody takes part under this name" in olu.post(PAGE, {"name": "Wre"}).content.decode()
    assert olu.post(PAGE, {"name": "wren  ÁVILA"}).headers["Location"] == f"{PAGE}/{wren.id}"
    person = olu.get(f"{PAGE}/{wren.id}").content.decode()
    assert "said by themself" in person


def test_two_of_one_name_are_both_shown(planned: Planned, team: Team):
    both = [person_called(planned, "Wren") for _ in range(2)]
    page = sign_in_at_the_desk(team.olu).post(PAGE, {"name": "Wren"}).content.decode()
    assert "2 people take part under this name." in page
    assert all(f"{PAGE}/{one.id}" in page for one in both)


def test_staff_note_and_erase_with_their_source(planned: Planned, team: Team):
    wren = person_called(planned, "Wren", "Ballot Watch")
    olu = sign_in_at_the_desk(team.olu)
    olu.post(f"{PAGE}/{wren.id}", {"organisation": "Open Count"})
    page = olu.get(f"{PAGE}/{wren.id}").content.decode()
    assert page.index("said by themself") < page.index("noted by staff")
    assert (
        "Please write the name of the organisation."
        in olu.post(f"{PAGE}/{wren.id}", {"organisation": " "}).content.decode()
    )
    for one in Affiliation.objects.all():
        olu.post(f"{PAGE}/{wren.id}/{one.id}/erase")
    assert not Affiliation.objects.exists()
    assert olu.post(f"{PAGE}/{wren.id}/{uuid4()}/erase").status_code == 404


@pytest.mark.parametrize("who", ["luis", "vera", "ivo"])
def test_for_others_it_is_not_there(planned: Planned, team: Team, who):
    wren = person_called(planned, "Wren", "Ballot Watch")
    other = sign_in_at_the_desk(getattr(team, who))
    erase = f"{PAGE}/{wren.id}/{Affiliation.objects.get().id}/erase"
    for path in (PAGE, f"{PAGE}/{wren.id}"):
        assert other.get(path).status_code == 404
    assert other.post(erase).status_code == 404


def test_nor_is_anybody_of_another_event_or_forgotten(planned: Planned, team: Team):
    wren = person_called(planned, "Wren", "Ballot Watch")
    olu = sign_in_at_the_desk(team.olu)
    assert olu.get(f"/events/other/organisations/{wren.id}").status_code == 404
    assert olu.get("/events/other/organisations").status_code == 404
    Registration.objects.update(display_name="")
    assert olu.get(f"{PAGE}/{wren.id}").status_code == 404
