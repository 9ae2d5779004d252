"""The gate and its shuts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from concord import refusals
from concord.access.gate import NotAdmitted, admit, is_admitted, shut_of
from concord.access.models import EVERYWHERE, Epoch, Place, Shut
from concord.access.review_pass import named_by
from concord.access.shut import end_shut
from concord.access.signals import entry_refused, person_readmitted, person_shut_out
from concord.ledger.models import Entry
from concord.people.models import Person
from concord.refusals import Refused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = AT + timedelta(minutes=1)
EVENT, OTHER_EVENT = Place("convening", uuid4()), Place("convening", uuid4())
HALL, OTHER_HALL = Place("session", uuid4()), Place("session", uuid4())
IN_HALL = [EVERYWHERE, EVENT, HALL]


@pytest.fixture
def karim() -> Person:
    return Person.objects.create()


def test_whoever_is_not_shut_out_passes(karim):
    with transaction.atomic():
        admit(karim.id, IN_HALL, at=AT)
        admit(karim.id, IN_HALL, at=AT)
    assert is_admitted(karim.id, IN_HALL, at=AT)


@pytest.mark.parametrize("place", [EVERYWHERE, EVENT, HALL])
def test_a_shut_of_any_place_around_keeps_one_out(karim, shut_out, place):
    made = shut_out(karim.id, at=AT, place=place)
    with pytest.raises(NotAdmitted) as refused, transaction.atomic():
        admit(karim.id, IN_HALL, at=SOON)
    assert (refused.value.person, refused.value.subject) == (karim.id, made.id)
    assert not is_admitted(karim.id, IN_HALL, at=SOON)


@pytest.mark.parametrize("place", [OTHER_EVENT, OTHER_HALL])
def test_a_shut_of_one_place_leaves_others_open(karim, shut_out, place):
    shut_out(karim.id, at=AT, place=place)
    assert is_admitted(karim.id, IN_HALL, at=SOON)


def test_nobody_else_is_kept_out(karim, shut_out):
    shut_out(karim.id, at=AT)
    assert is_admitted(Person.objects.create().id, IN_HALL, at=SOON)


def test_it_ends_to_the_second(karim, shut_out):
    until = AT + timedelta(hours=24)
    shut_out(karim.id, at=AT, until_at=until)
    assert not is_admitted(karim.id, [EVERYWHERE], at=until - timedelta(seconds=1))
    assert is_admitted(karim.id, [EVERYWHERE], at=until)


def test_whoever_waited_at_the_gate_while_it_shut_stays_outside(karim, shut_out):
    shut_out(karim.id, at=AT)
    assert not is_admitted(karim.id, [EVERYWHERE], at=AT - timedelta(seconds=1))


def test_ended_early_it_lets_in_again(karim, shut_out):
    made = shut_out(karim.id, at=AT)
    end_shut(made, by=None, at=SOON)
    assert is_admitted(karim.id, [EVERYWHERE], at=SOON)


def test_ending_twice_changes_nothing(karim, shut_out):
    made = shut_out(karim.id, at=AT)
    end_shut(made, by=None, at=SOON)
    end_shut(made, by=None, at=SOON + timedelta(hours=1))
    assert Shut.objects.get().ended_at == SOON
    assert Entry.objects.filter(verb="access.end_shut").count() == 1


def test_one_warrant_shuts_once(karim, shut_out):
    made = shut_out(karim.id, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shut.objects.create(person=karim, scope_kind="all", warrant=made.warrant, since_at=AT)


@pytest.mark.parametrize("scope", [("all", uuid4()), ("session", None)])
def test_a_scope_is_whole(karim, shut_out, scope):
    with pytest.raises(IntegrityError), transaction.atomic():
        shut_out(karim.id, at=AT, place=Place(*scope))


def test_a_shut_does_not_end_before_it_starts(karim, shut_out):
    with pytest.raises(IntegrityError), transaction.atomic():
        shut_out(karim.id, at=AT, until_at=AT)


def test_the_gate_knows_that_and_never_why():
    assert {field.name for field in Shut._meta.get_fields()} == {
        "id", "person", "scope_kind", "scope_id", "warrant", "since_at", "until_at", "review_on", "ended_at", "tokens",
    }  # fmt: skip


def test_both_ways_are_announced_and_turn_the_epoch(karim, shut_out):
    heard = []

    def hear(**news):
        heard.append((news["signal"], news["shut"], news["at"]))

    person_shut_out.connect(hear)
    person_readmitted.connect(hear)
    made = shut_out(karim.id, at=AT)
    end_shut(made, by=None, at=SOON)
    person_shut_out.disconnect(hear)
    person_readmitted.disconnect(hear)
    assert heard == [(person_shut_out, made, AT), (person_readmitted, made, SOON)]
    assert Epoch.objects.get().number == 2


def test_tokens_die_with_the_shut(karim, shut_out):
    made = shut_out(karim.id, at=AT, tokens=[("mailbox", b"0" * 16)])
    assert made.tokens.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        karim.delete()


def test_an_entry_that_was_refused_is_announced_once_it_is_told(karim, shut_out):
    heard = []

    def hear(**news):
        heard.append((news["person_id"], news["shut_id"]))

    entry_refused.connect(hear)
    made = shut_out(karim.id, at=AT)
    refusals.tell(NotAdmitted(person=karim.id, shut=made.id), actor=None, at=SOON)
    refusals.tell(Refused(), actor=karim.id, at=SOON)
    entry_refused.disconnect(hear)
    assert heard == [(karim.id, made.id)]


def test_the_words_are_the_same_for_everyone(karim, shut_out):
    words = set()
    for place in (EVERYWHERE, EVENT, HALL):
        person = Person.objects.create()
        shut_out(person.id, at=AT, place=place)
        found = shut_of(person.id, IN_HALL, at=SOON)
        words.add(str(NotAdmitted(person=person.id, shut=found.id).words))
    assert len(words) == 1


def test_a_review_pass_names_the_shut_and_cannot_be_made_up(karim, shut_out):
    made = shut_out(karim.id, at=AT)
    refused = NotAdmitted(person=karim.id, shut=made.id)
    assert named_by(refused.review_pass) == made.id
    for forged in ("", str(made.id), refused.review_pass + "x", "\u202e"):
        assert named_by(forged) is None
