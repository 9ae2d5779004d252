"""Ties: said by oneself, kept as tokens, found again under another login, taken back by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.ledger.models import Entry
from concord.people.declare_tie import NotOnTheTeamAnyMore, OneIsOneself, declare_tie
from concord.people.end_designation import end_designation
from concord.people.end_tie import ItIsYou, NotYourTie, end_tie
from concord.people.login_of_mailbox import login_of_mailbox
from concord.people.models import Person, Tie
from concord.people.own_ties import own_ties
from concord.people.signals import tie_declared
from concord.people.tests.team import AT, PASSPHRASE, Team
from concord.people.ties import ACQUAINTED, persons_tied_to, those_close_to
from concord.vault import keys

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)


def test_a_tie_is_declared_once_and_neither_ledger_nor_table_says_to_whom(team: Team):
    karim = Person.objects.create()
    declare_tie(team.noor, person=karim, called="Karim H.", at=AT)
    declare_tie(team.noor, person=karim, at=LATER)
    assert persons_tied_to([karim.id]) == {team.noor.person_id}
    assert those_close_to(team.noor, [karim.id, team.luis.person_id]) == {karim.id}
    entry = Entry.objects.get(verb="people.declare_tie")
    assert str(karim.id) not in f"{entry.actor} {entry.subject} {entry.facts}"
    row = str(Tie.objects.values().get())
    assert str(karim.id) not in row
    assert "Karim" not in row
    keyring = keys.unlock(team.noor.person_id, PASSPHRASE)
    assert [one.called for one in own_ties(team.noor, keyring=keyring)] == ["Karim H."]
    assert own_ties(team.luis, keyring=keys.unlock(team.luis.person_id, PASSPHRASE)) == []


def test_a_mailbox_that_nobody_came_with_yet_is_known_when_they_come_and_come_again(team: Team):
    declare_tie(team.noor, mailbox="karim.haddad@gmail.com", at=AT)
    first = login_of_mailbox("karimhaddad+votes@gmail.com")
    assert persons_tied_to([first.person_id]) == {team.noor.person_id}
    first.delete()
    again = login_of_mailbox("karim.haddad@gmail.com")
    assert persons_tied_to([again.person_id]) == {team.noor.person_id}


def test_somebody_named_here_who_is_forgotten_is_known_by_their_mailbox(team: Team):
    login = login_of_mailbox("karim@example.org")
    login.verified = True
    login.save()
    declare_tie(team.noor, person=login.person, at=AT)
    login.delete()
    again = login_of_mailbox("karim@example.org")
    assert persons_tied_to([again.person_id]) == {team.noor.person_id}


def test_named_in_two_ways_it_is_one_tie(team: Team):
    person = login_of_mailbox("karim@example.org").person
    declare_tie(team.noor, person=person, at=AT)
    declare_tie(team.noor, mailbox="karim@example.org", at=AT)
    assert team.noor.ties.count() == 1


def test_the_closer_of_the_two_holds_and_is_announced_once(team: Team):
    karim, heard = Person.objects.create(), []
    tie_declared.connect(lambda **news: heard.append(news["person"]), weak=False, dispatch_uid="t")
    try:
        declare_tie(team.noor, person=karim, kind=Tie.Kind.SOFT, at=AT)
        assert (heard, persons_tied_to([karim.id])) == ([], set())
        assert persons_tied_to([karim.id], kinds=ACQUAINTED) == {team.noor.person_id}
        for kind in (Tie.Kind.HARD, Tie.Kind.SOFT, Tie.Kind.HARD):
            declare_tie(team.noor, person=karim, kind=kind, at=LATER)
    finally:
        tie_declared.disconnect(dispatch_uid="t")
    assert heard == [karim]
    assert persons_tied_to([karim.id]) == {team.noor.person_id}


def test_taken_back_it_is_forgotten_by_its_own_declarer_alone(team: Team):
    karim = Person.objects.create()
    tie = declare_tie(team.noor, person=karim, at=AT)
    with pytest.raises(NotYourTie):
        end_tie(tie, by=team.amara, at=LATER)
    for _twice in range(2):
        end_tie(tie, by=team.noor, at=LATER)
    assert persons_tied_to([karim.id]) == set()
    assert Entry.objects.filter(verb="people.end_tie").count() == 1


def test_nobody_is_close_to_themself_nor_after_they_left(team: Team):
    with pytest.raises(OneIsOneself):
        declare_tie(team.noor, person=team.noor.person, at=AT)
    declare_tie(team.noor, person=Person.objects.create(), at=AT)
    end_designation(team.noor, by=None, at=AT)
    assert not Tie.objects.exists()
    with pytest.raises(NotOnTheTeamAnyMore):
        declare_tie(team.noor, person=Person.objects.create(), at=LATER)


def test_ones_own_mailbox_is_not_taken_back(team: Team):
    tie = declare_tie(team.noor, mailbox="me@example.org", kind=Tie.Kind.OWN, at=AT)
    with pytest.raises(ItIsYou):
        end_tie(tie, by=team.noor, at=LATER)
