"""Thirty days after an event, who took part in it is forgotten; not a day earlier, and nothing else (P-RISK-1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models.signals import pre_delete
from django.test import Client
from django.utils import timezone

from concord.convenings import forget_people as room
from concord.convenings.end_convening import end_convening
from concord.convenings.forget_people import forget_people
from concord.convenings.models import Convening, Registration, State
from concord.convenings.register import register
from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.people.addresses import canonical_token
from concord.people.models import Login, Person, SignInAsk
from concord.people.tests.team import PUBLIC, Mailbox, Team, desk_login, sign_in_by_mail

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
AT = datetime(2026, 3, 1, 12, tzinfo=timezone.get_default_timezone())


def event(slug: str = "spring", *, ends_at: datetime = AT) -> Convening:
    return Convening.objects.create(
        slug=slug, name=slug, starts_at=ends_at - DAY, ends_at=ends_at, state=State.OPEN
    )


def somebody(convening: Convening, *, person: Person | None = None) -> Registration:
    if person is None:
        person = Person.objects.create()
        Login.objects.create(
            person=person,
            handle=str(person.id),
            address_sealed=b"sealed",
            mailbox_token=person.id.bytes,
            canonical_token=person.id.bytes,
            verified=True,
        )
    return Registration.objects.create(
        convening=convening,
        person=person,
        display_name="Nightingale",
        pronouns="they",
        acknowledged_version=1,
    )


def mailboxes() -> int:
    return Login.objects.filter(mailbox_token__isnull=False).count()


def test_it_runs_by_itself_every_hour():
    assert periods()["convenings.forget_people"] == 3600
    somebody(event())
    handler = handler_of("convenings.forget_people")
    assert handler is not None
    handler(Job(kind="convenings.forget_people", due_at=AT), at=AT + 31 * DAY)
    assert not Registration.objects.exists()


def test_registrations_and_mailboxes_go_after_thirty_days():
    somebody(event())
    forget_people(at=AT + 30 * DAY)
    assert (Registration.objects.count(), mailboxes()) == (0, 0)


def test_not_a_moment_earlier():
    somebody(event())
    forget_people(at=AT + 30 * DAY - timedelta(seconds=1))
    assert Registration.objects.get().display_name == "Nightingale"
    assert mailboxes() == 1
    assert Convening.objects.get().state == State.OPEN


def test_the_days_are_the_hosts(settings):
    settings.CONCORD_KEEP_ADDRESSES_DAYS = 3
    somebody(event())
    forget_people(at=AT + 3 * DAY)
    assert (Registration.objects.count(), mailboxes()) == (0, 0)


def test_they_count_from_when_it_really_ended():
    late, early = event("late"), event("early", ends_at=AT + 9 * DAY)
    somebody(late)
    end_convening(late, by=None, at=AT + 5 * DAY)
    somebody(early)
    end_convening(early, by=None, at=AT)
    forget_people(at=AT + 30 * DAY)
    assert Registration.objects.get().convening == late
    forget_people(at=AT + 35 * DAY)
    assert not Registration.objects.exists()


def test_an_event_that_nobody_ended_is_ended_as_it_was_planned():
    convening = event()
    forget_people(at=AT + 31 * DAY)
    convening.refresh_from_db()
    assert (convening.state, convening.ended_at) == (State.ENDED, AT)


def test_whoever_is_in_another_event_keeps_their_mailbox_for_it():
    first = somebody(event())
    second = somebody(event("autumn", ends_at=AT + 20 * DAY), person=first.person)
    forget_people(at=AT + 31 * DAY)
    assert Registration.objects.get() == second
    assert mailboxes() == 1
    forget_people(at=AT + 50 * DAY)
    assert (Registration.objects.count(), mailboxes()) == (0, 0)


def test_desk_logins_stay_and_so_does_the_token_of_a_colleagues_mailbox(team: Team):
    convening = event()
    somebody(convening, person=team.luis.person)
    Login.objects.create(
        person=team.luis.person,
        handle="mailbox",
        address_sealed=b"sealed",
        mailbox_token=b"m" * 16,
        verified=True,
    )
    desks = Login.objects.at_the_desk().count()
    forget_people(at=AT + 31 * DAY)
    assert Login.objects.at_the_desk().count() == desks
    assert desk_login(team.luis).is_active
    kept = Login.objects.get(handle="mailbox")
    assert (kept.person, kept.address_sealed) == (team.luis.person, None)


def test_the_ledger_says_that_an_event_was_forgotten_and_nobody_in_it():
    convening = event()
    who = [somebody(convening) for _ in range(3)]
    forget_people(at=AT + 31 * DAY)
    entries = Entry.objects.filter(verb="convenings.forget_people")
    assert [entry.subject for entry in entries] == [convening.id]
    told = str(list(Entry.objects.values()))
    for one in who:
        assert str(one.person_id) not in told
        assert str(one.id) not in told


def test_twice_is_once():
    somebody(event())
    forget_people(at=AT + 31 * DAY)
    entries = Entry.objects.count()
    forget_people(at=AT + 31 * DAY)
    assert Entry.objects.count() == entries


def test_what_stops_half_way_goes_on_at_the_next_run(monkeypatch):
    monkeypatch.setattr(room, "BATCH", 2)
    convening = event()
    for _ in range(5):
        somebody(convening)
    gone = []

    def stop(sender, instance, **kwargs):
        gone.append(instance)
        if len(gone) == 3:
            raise RuntimeError("the machine went away")

    for model in (Registration, Login):
        pre_delete.connect(stop, sender=model)
        try:
            with pytest.raises(RuntimeError):
                forget_people(at=AT + 31 * DAY)
        finally:
            pre_delete.disconnect(stop, sender=model)
        gone.clear()
        if model is Registration:
            assert Registration.objects.count() == 3
            assert Registration.objects.exclude(display_name="Nightingale").count() == 0
            assert mailboxes() == 5
    assert mailboxes() == 3
    forget_people(at=AT + 31 * DAY)
    assert (Registration.objects.count(), mailboxes()) == (0, 0)


def test_whoever_is_on_their_way_in_is_left_alone_for_a_day(team: Team, mailbox: Mailbox):
    client = sign_in_by_mail("bird@example.org", mailbox)
    asked_at = SignInAsk.objects.get().asked_at
    forget_people(at=asked_at + timedelta(hours=23))
    assert mailboxes() == 1
    assert client.get("/").wsgi_request.user.is_authenticated
    forget_people(at=asked_at + timedelta(hours=25))
    assert mailboxes() == 0


def test_the_browser_sessions_of_a_mailbox_go_with_it(team: Team, mailbox: Mailbox):
    client = sign_in_by_mail("bird@example.org", mailbox)
    SignInAsk.objects.all().delete()
    other = Client(HTTP_HOST=PUBLIC)
    other.force_login(desk_login(team.amara), backend="concord.people.passphrase.PassphraseBackend")
    forget_people(at=timezone.now())
    left = BrowserSession.objects.values_list("session_key", flat=True)
    assert list(left) == [other.session.session_key]
    assert client.get("/").status_code == 200


def test_sessions_that_have_run_out_are_swept():
    BrowserSession.objects.create(session_key="old", session_data="", expire_date=AT)
    BrowserSession.objects.create(session_key="new", session_data="", expire_date=AT + DAY)
    handler = handler_of("people.sweep_sessions")
    assert handler is not None
    handler(Job(kind="people.sweep_sessions", due_at=AT), at=AT)
    assert BrowserSession.objects.get().session_key == "new"


def test_whoever_comes_again_is_somebody_new(mailbox: Mailbox):
    sign_in_by_mail("bird@example.org", mailbox)
    known = Login.objects.filter(canonical_token=canonical_token("bird@example.org"))
    before = known.get().person
    register(event(), person=before, display_name="Bird", at=AT)
    SignInAsk.objects.all().delete()
    forget_people(at=AT + 31 * DAY)
    sign_in_by_mail("bird@example.org", mailbox)
    assert known.get().person != before
    assert known.get().address_sealed is not None
