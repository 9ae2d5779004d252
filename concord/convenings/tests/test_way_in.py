"""The way in: register with a name and an address, acknowledge, read the guidelines, land where one was going."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from concord.access.gate import NotAdmitted
from concord.access.models import Place
from concord.access.signals import entry_refused
from concord.convenings.confirm_guidelines import confirm_guidelines
from concord.convenings.end_convening import end_convening
from concord.convenings.guidelines_read import COOKIE, MOST
from concord.convenings.models import Guidelines, Registration, Session
from concord.convenings.names_here import NameOfTheTeam
from concord.convenings.register import RegistrationHasEnded, register
from concord.convenings.tests.event import HOUR, Planned, plan, publish
from concord.ledger.models import Entry
from concord.people.models import Login, Person, SignInAsk
from concord.people.tests.team import PUBLIC, Mailbox, Team, sign_in_by_mail
from concord.policy.models import Version

pytestmark = pytest.mark.django_db

FORUM = "/e/forum"


@pytest.fixture
def planned(team: Team) -> Planned:
    return plan(team)


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST=PUBLIC)


def fill_in(browser: Client, *, address="karim@example.org", name="Karim", next_path="", **more):
    form = {"display_name": name, "pronouns": "", "address": address, "next": next_path} | more
    return browser.post(f"{FORUM}/register", form)


def register_by_mail(mailbox: Mailbox, **given) -> tuple[Client, str]:
    browser = Client(HTTP_HOST=PUBLIC)
    fill_in(browser, **given)
    return browser, browser.post(mailbox.link()).headers["Location"]


def confirm_policy(browser: Client, **more):
    return browser.post(
        f"{FORUM}/policy", {"version": Version.objects.first().number, "agreed": "on"} | more
    )


# register


def test_a_name_and_an_address_are_all_it_takes(planned: Planned, mailbox: Mailbox):
    _browser, goes_to = register_by_mail(mailbox)
    registration = Registration.objects.get()
    assert registration.display_name == "Karim"
    assert goes_to == f"{FORUM}/policy"


def test_nothing_else_is_ever_asked(planned: Planned, browser: Client):
    page = browser.get(f"{FORUM}/register").content.decode()
    named = {field.split('"')[0] for field in page.split(' name="')[1:]} - {
        "viewport",
        "robots",
        "color-scheme",
    }
    assert named == {
        "csrfmiddlewaretoken",
        "display_name",
        "pronouns",
        "organisation",
        "address",
    }
    assert page.count("(optional)") == 2


def test_registering_leaves_no_time_and_no_entry(planned: Planned, mailbox: Mailbox):
    before = Entry.objects.count()
    browser, _goes_to = register_by_mail(mailbox)
    confirm_policy(browser)
    assert Entry.objects.count() == before
    kinds = {field.get_internal_type() for field in Registration._meta.fields}
    assert not kinds & {"DateTimeField", "DateField", "TimeField", "BigAutoField"}


def test_registering_again_takes_the_new_name_and_nothing_else(planned: Planned):
    karim = Person.objects.create()
    first = register(planned.convening, person=karim, display_name="Karim", at=planned.at)
    Registration.objects.update(acknowledged_version=1)
    again = register(
        planned.convening, person=karim, display_name="كريم", pronouns="he", at=planned.at
    )
    assert again.id == first.id
    assert (again.display_name, again.pronouns, again.acknowledged_version) == ("كريم", "he", 1)


@pytest.mark.parametrize("kind", ["all", "convening"])
def test_whoever_is_denied_entry_does_not_register(planned: Planned, shut_out, kind):
    karim = Person.objects.create()
    shut_out(
        karim.id, at=planned.at, place=Place(kind, None if kind == "all" else planned.convening.id)
    )
    with pytest.raises(NotAdmitted):
        register(planned.convening, person=karim, display_name="Karim", at=planned.at)
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "name", ["Luis", "LU\u0406S", "l u i s", "The care team", "Care, the Team"]
)
def test_nobody_takes_part_under_a_name_of_the_team(planned: Planned, name):
    with pytest.raises(NameOfTheTeam):
        register(
            planned.convening, person=Person.objects.create(), display_name=name, at=planned.at
        )
    assert not Registration.objects.exists()


def test_that_is_said_kindly_before_anything_is_mailed(planned: Planned, browser: Client):
    page = fill_in(browser, name="Luis").content.decode()
    assert "Please add a word to it" in page
    assert 'value="Luis"' in page
    assert not SignInAsk.objects.exists()


@pytest.mark.parametrize("name", ["Luisa", "Luis K.", "Lois", "Noor"])
def test_any_other_name_is_free_also_one_that_tells_who_works_here(planned: Planned, name):
    """Noor is on the team under this name, which participants are never told."""
    made = register(
        planned.convening, person=Person.objects.create(), display_name=name, at=planned.at
    )
    assert made.display_name == name


def test_whoever_is_on_the_team_may_take_part_under_their_own_name(planned: Planned, team: Team):
    made = register(planned.convening, person=team.luis.person, display_name="Luis", at=planned.at)
    assert made.display_name == "Luis"


def test_an_event_that_has_ended_takes_no_more(planned: Planned, team: Team):
    end_convening(planned.convening, by=team.olu, at=planned.at)
    with pytest.raises(RegistrationHasEnded):
        register(
            planned.convening, person=Person.objects.create(), display_name="Karim", at=planned.at
        )


@pytest.mark.parametrize(
    "name, shown",
    [("Ka\u202erim", "Karim"), ("\u200bKarim\u200b", "Karim"), ("  Kim   Lee ", "Kim Lee")],
)
def test_a_name_is_shown_without_signs_that_deceive(
    planned: Planned, mailbox: Mailbox, name, shown
):
    register_by_mail(mailbox, name=name)
    assert Registration.objects.get().display_name == shown


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "x" * 61, "x" * 1_000_000])
def test_a_name_that_is_none_comes_back_with_all_that_was_typed(
    planned: Planned, browser: Client, name
):
    answer = fill_in(browser, name=name)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "what you wrote is still here" in page
    assert "karim@example.org" in page


def test_markup_in_a_name_is_a_name(planned: Planned, mailbox: Mailbox):
    browser, _goes_to = register_by_mail(mailbox, name="<b>Karim</b>")
    confirm_policy(browser)
    page = browser.get(FORUM).content.decode()
    assert "&lt;b&gt;Karim" in page
    assert "<b>Karim" not in page


def test_letters_that_did_not_arrive_whole_are_asked_for_again(planned: Planned, browser: Client):
    body = b"display_name=K%ff%fe&pronouns=&address=karim@example.org"
    answer = browser.generic(
        "POST", f"{FORUM}/register", body, content_type="application/x-www-form-urlencoded"
    )
    assert "did not arrive whole" in answer.content.decode()


def test_known_and_unknown_are_answered_alike(planned: Planned, mailbox: Mailbox):
    register_by_mail(mailbox)
    answers = [
        fill_in(Client(HTTP_HOST=PUBLIC), address=a)
        for a in ("karim@example.org", "new@example.org")
    ]
    assert len({(one.status_code, one.content, one.headers["Location"]) for one in answers}) == 1


def test_somebody_signed_in_registers_at_once(planned: Planned, mailbox: Mailbox):
    browser = sign_in_by_mail("karim@example.org", mailbox)
    assert 'name="address"' not in browser.get(f"{FORUM}/register").content.decode()
    answer = browser.post(f"{FORUM}/register", {"display_name": "Karim"})
    assert answer.headers["Location"] == f"{FORUM}/policy"


def test_a_link_for_an_event_that_is_gone_still_signs_in(
    planned: Planned, browser: Client, mailbox: Mailbox
):
    fill_in(browser)
    Session.objects.all().delete()
    planned.convening.delete()
    assert browser.post(mailbox.link()).headers["Location"] == "/"


# Shut out


@pytest.mark.parametrize("kind", ["all", "convening"])
def test_whoever_is_shut_out_gets_ordinary_words_a_review_and_no_session(
    planned: Planned, browser: Client, mailbox: Mailbox, shut_out, kind
):
    karim = Login.objects.get(
        id=sign_in_by_mail("karim@example.org", mailbox).session["_auth_user_id"]
    ).person
    made = shut_out(
        karim.id, at=planned.at, place=Place(kind, None if kind == "all" else planned.convening.id)
    )
    heard = []

    def hear(**news):
        heard.append((news["person_id"], news["shut_id"]))
        assert not connection.in_atomic_block or connection.needs_rollback is False

    entry_refused.connect(hear)
    fill_in(browser)
    answer = browser.post(mailbox.link())
    entry_refused.disconnect(hear)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You do not have access to this place at the moment." in page
    assert "Ask for a review" in page
    assert "This is not me" in page
    assert heard == [(karim.id, made.id)]
    assert "_auth_user_id" not in browser.session


# acknowledge


def test_the_policy_in_force_comes_before_anything_else(planned: Planned, mailbox: Mailbox):
    browser, goes_to = register_by_mail(mailbox)
    assert "Stalking" in browser.get(goes_to).content.decode()
    confirm_policy(browser)
    assert Registration.objects.get().acknowledged_version == 1


def test_it_is_an_own_tick(planned: Planned, mailbox: Mailbox):
    browser, goes_to = register_by_mail(mailbox)
    assert "checked" not in browser.get(goes_to).content.decode()
    page = browser.post(goes_to, {"version": "1"}).content.decode()
    assert "Please tick this" in page
    assert Registration.objects.get().acknowledged_version is None


def test_a_page_that_grew_old_shows_the_version_in_force(planned: Planned, mailbox: Mailbox):
    browser, goes_to = register_by_mail(mailbox)
    publish(at=timezone.now())
    answer = browser.post(goes_to, {"version": "1", "agreed": "on"})
    assert answer.status_code == 409
    assert "has changed since you opened this page" in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    assert Registration.objects.get().acknowledged_version is None


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "1e3"])
def test_a_version_that_is_none_is_not_acknowledged(planned: Planned, mailbox: Mailbox, version):
    browser, goes_to = register_by_mail(mailbox)
    assert browser.post(goes_to, {"version": version, "agreed": "on"}).status_code == 200
    assert Registration.objects.get().acknowledged_version is None


def test_without_registering_there_is_nothing_to_acknowledge(planned: Planned, browser: Client):
    assert browser.get(f"{FORUM}/policy").headers["Location"].startswith(f"{FORUM}/register?next=")


# guidelines


def guidelines_page(planned: Planned) -> str:
    return f"/s/{planned.hall.id}/guidelines"


def read_guidelines(browser: Client, planned: Planned, *, number=1, **more):
    return browser.post(guidelines_page(planned), {"number": number, "read": "on"} | more)


@pytest.fixture
def inside(planned: Planned, mailbox: Mailbox) -> Client:
    """A browser that has registered and acknowledged."""
    browser, _goes_to = register_by_mail(mailbox)
    confirm_policy(browser)
    return browser


def test_guidelines_are_read_before_the_room_and_only_the_browser_knows(
    planned: Planned, inside: Client
):
    assert "Take no pictures." in inside.get(guidelines_page(planned)).content.decode()
    read_guidelines(inside, planned)
    cookie = inside.cookies[COOKIE]
    assert cookie["secure"]
    assert cookie["httponly"]
    held = str(Registration.objects.values().get()) + str(Guidelines.objects.values())
    assert held.count(str(planned.hall.id)) == 1


def test_changed_guidelines_are_shown_again(planned: Planned, inside: Client, team: Team):
    confirm_guidelines(planned.hall, text="Speak slowly.", by=team.olu, at=planned.at)
    answer = read_guidelines(inside, planned, number=1)
    assert answer.status_code == 409
    assert "Speak slowly." in answer.content.decode()
    assert COOKIE not in inside.cookies


def test_without_the_tick_nothing_is_kept(planned: Planned, inside: Client):
    inside.post(guidelines_page(planned), {"number": 1})
    assert COOKIE not in inside.cookies


def test_guidelines_that_are_not_confirmed_yet_say_so(planned: Planned, inside: Client):
    Guidelines.objects.all().delete()
    assert "still being written" in inside.get(guidelines_page(planned)).content.decode()
    assert "still being written" in read_guidelines(inside, planned).content.decode()


def test_a_cookie_of_somebody_else_or_made_up_counts_for_nothing(
    planned: Planned, inside: Client, mailbox: Mailbox
):
    from django.test import RequestFactory

    from concord.convenings.guidelines_read import has_read

    read_guidelines(inside, planned)
    mine = inside.cookies[COOKIE].value
    sara, _goes_to = register_by_mail(mailbox, address="sara@example.org", name="Sara")
    karim = Login.objects.get(id=inside.session["_auth_user_id"])
    other = Login.objects.get(id=sara.session["_auth_user_id"])

    def counts(login: Login, cookie: str) -> bool:
        request = RequestFactory().get("/")
        request.user, request.is_desk = login, False  # type: ignore[attr-defined]
        request.COOKIES[COOKIE] = cookie
        return has_read(request, planned.hall)

    assert counts(karim, mine)
    assert not counts(other, mine)
    for made_up in ("", "x", mine[:-1], "\u202e"):
        assert not counts(karim, made_up)


def test_the_cookie_stays_small_however_many_sessions(planned: Planned, inside: Client):
    for _ in range(MOST + 5):
        session = Session.objects.create(
            convening=planned.convening, name="S", starts_at=planned.at, ends_at=planned.at + HOUR
        )
        Guidelines.objects.create(
            session=session, number=1, text="Listen.", confirmed_at=planned.at
        )
        inside.post(f"/s/{session.id}/guidelines", {"number": 1, "read": "on"})
    assert len(inside.cookies[COOKIE].value) < 3_000


# Deep links


def test_a_late_joiner_passes_every_step_and_lands_where_they_were_going(
    planned: Planned, browser: Client, mailbox: Mailbox
):
    room = guidelines_page(planned) + "?next=/r/room"
    step = browser.get(room).headers["Location"]
    assert step.startswith(f"{FORUM}/register?next=")
    fill_in(browser, next_path=room)
    step = browser.post(mailbox.link()).headers["Location"]
    assert step.startswith(f"{FORUM}/policy?next=")
    step = confirm_policy(browser, next=room).headers["Location"]
    assert step == room
    assert read_guidelines(browser, planned, next="/r/room").headers["Location"] == "/r/room"


def test_a_session_s_guidelines_do_not_come_before_the_policy(planned: Planned, mailbox: Mailbox):
    browser, _goes_to = register_by_mail(mailbox)
    assert (
        browser.get(guidelines_page(planned))
        .headers["Location"]
        .startswith(f"{FORUM}/policy?next=")
    )


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_step_leads_to_another_host(planned: Planned, inside: Client, elsewhere):
    for answer in (
        confirm_policy(inside, next=elsewhere),
        read_guidelines(inside, planned, next=elsewhere),
    ):
        assert "evil" not in answer.headers["Location"]


# What others see


def test_nobody_can_list_who_attends(planned: Planned, inside: Client, mailbox: Mailbox):
    register_by_mail(mailbox, address="sara@example.org", name="Sara Unmistakable")
    for browser in (inside, Client(HTTP_HOST=PUBLIC)):
        for path in (
            "/",
            FORUM,
            f"{FORUM}/register",
            f"{FORUM}/policy",
            guidelines_page(planned),
            "/policy",
        ):
            assert "Unmistakable" not in browser.get(path).content.decode()


def test_the_first_pages_need_no_sign_in_and_list_what_is_on(
    planned: Planned, browser: Client, team: Team
):
    assert "Open Ballot Forum" in browser.get("/").content.decode()
    assert "Hall 1" in browser.get(FORUM).content.decode()
    end_convening(planned.convening, by=team.olu, at=planned.at)
    assert "Open Ballot Forum" not in browser.get("/").content.decode()
    assert "can still be reported" in browser.get(FORUM).content.decode()


@pytest.mark.parametrize(
    "path", ["/e/nothing", "/e/nothing/register", "/e/nothing/policy", f"/s/{uuid4()}/guidelines"]
)
def test_what_is_not_there_is_not_there(planned: Planned, browser: Client, path):
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", [f"{FORUM}/policy", f"{FORUM}/register", "/in"])
def test_an_address_too_long_to_come_back_to_breaks_nothing(
    planned: Planned, browser: Client, path
):
    long = "é" * 3000
    for address in (f"{path}?x={long}", f"{path}?next=/{long}"):
        assert browser.get(address).status_code in (200, 302)
    room = f"/r/{planned.hall.id}?x={long}"
    assert len(browser.get(room).headers["Location"]) < 300
