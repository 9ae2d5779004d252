"""Designation, enrolment, shifts, ties, and the outside contact."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from concord.ledger.models import Entry
from concord.live.hub import hub
from concord.people.ask_to_end import (
    TakesTwo,
    TooFewWouldBeLeft,
    ask_to_end,
    take_back_leaving,
)
from concord.people.designate import (
    AlreadyDesignated,
    NotYoursToDesignate,
    WorkingNameTaken,
    designate,
)
from concord.people.end_designation import end_designation
from concord.people.enrol import AlreadyEnrolled, HandleTaken, enrol
from concord.people.models import (
    Leaving,
    Login,
    OutsideContact,
    Person,
    Role,
    Shift,
    StaffMember,
)
from concord.people.name_outside_contact import NotOutside, name_outside_contact
from concord.people.plan_shift import EndsBeforeItStarts, NotOnTheTeam, plan_shift
from concord.people.take_over_shift import take_over_shift
from concord.people.tests.team import AT, PASSPHRASE, Team, member, standing_key
from concord.vault import keys
from concord.vault.errors import KeyAlreadyThere, NoKey, PassphraseTooWeak

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)


def designate_one(
    by: StaffMember | None, *, name="Kim", role: str = Role.STAFF, person=None, lead=False
):
    person = person or Person.objects.create()
    return designate(
        person, working_name=name, role=role, languages=["en"], by=by, is_lead=lead, at=LATER
    )


def test_a_lead_designates_and_the_ledger_says_so(team: Team):
    staff = designate_one(team.amara)
    assert staff.is_current(LATER)
    assert not staff.is_current(AT)
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.subject) == (
        "people.designate",
        team.amara.person_id,
        staff.person_id,
    )
    assert "Kim" not in str(entry.facts)


def test_an_organiser_designates_too(team: Team):
    assert designate_one(team.olu)


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_nobody_else_does(team: Team, who):
    with pytest.raises(NotYoursToDesignate):
        designate_one(getattr(team, who))


def test_a_lead_who_left_designates_nobody(team: Team):
    end_designation(team.amara, by=None, at=AT)
    with pytest.raises(NotYoursToDesignate):
        designate_one(team.amara)


def test_a_human_is_designated_once(team: Team):
    with pytest.raises(AlreadyDesignated):
        designate_one(team.amara, person=team.luis.person)


@pytest.mark.parametrize("name", ["Luis", "luis", "Lu\u200bis", "Luіs"])
def test_two_of_the_team_never_look_alike(team: Team, name):
    with pytest.raises(WorkingNameTaken):
        designate_one(team.amara, name=name)


@pytest.mark.parametrize("name, role", [("", Role.STAFF), ("x" * 61, Role.STAFF), ("Kim", "queen")])
def test_a_name_and_a_role_that_are_none_are_refused(team: Team, name, role):
    with pytest.raises(ValueError):  # noqa: PT011 (each says its own)
        designate_one(team.amara, name=name, role=role)


def test_powers_follow_the_role(team: Team):
    powers = {
        name: (staff.receives_reports, staff.may_concur, staff.may_monitor, staff.may_plan)
        for name, staff in vars(team).items()
        if isinstance(staff, StaffMember)
    }
    assert powers == {
        "amara": (True, True, True, True),
        "luis": (True, True, True, False),
        "noor": (False, True, True, False),
        "vera": (False, False, True, False),
        "olu": (False, False, False, True),
        "ivo": (False, False, False, False),
    }


def test_ending_ends_shifts_and_the_login(team: Team):
    plan_shift(team.luis, convening=None, starts_at=AT, ends_at=LATER, by=team.amara, at=AT)
    now = AT + timedelta(minutes=30)
    end_designation(team.luis, by=None, at=now)
    assert not StaffMember.objects.on_call(now).exists()
    assert not Login.objects.at_the_desk().get(person=team.luis.person_id).is_active


def test_ending_twice_changes_nothing(team: Team):
    end_designation(team.luis, by=None, at=AT)
    end_designation(team.luis, by=None, at=LATER)
    assert StaffMember.objects.get(id=team.luis.id).ended_at == AT
    assert Entry.objects.filter(verb="people.end_designation").count() == 1


def test_only_who_plans_ends_a_designation(team: Team):
    with pytest.raises(NotYoursToDesignate):
        end_designation(team.luis, by=team.noor, at=LATER)


def test_whoever_reads_agrees_or_leads_leaves_by_two_people(team: Team):
    """Asked for by one who plans, agreed to by another who works on cases, or by themself; a volunteer, by one."""
    end_designation(team.vera, by=team.olu, at=AT)
    for one in (team.amara, team.luis, team.noor):
        with pytest.raises(TakesTwo):
            end_designation(one, by=team.olu, at=AT)
    with pytest.raises(NotYoursToDesignate):
        ask_to_end(team.noor, by=team.luis, at=AT)
    assert ask_to_end(team.noor, by=team.olu, at=AT) == ask_to_end(team.noor, by=team.amara, at=AT)
    newcomer = member("Kim", Role.STAFF)  # nobody has vouched for their keys
    for alone in (team.olu, team.ivo, newcomer):
        with pytest.raises(TakesTwo):
            end_designation(team.noor, by=alone, at=AT)
    for _twice in range(2):
        take_back_leaving(Leaving(staff=team.noor), by=team.amara, at=AT)
    with pytest.raises(NotYoursToDesignate):
        end_designation(team.noor, by=team.luis, at=AT)
    ask_to_end(team.noor, by=team.olu, at=AT)
    for _twice in range(2):
        end_designation(team.noor, by=team.luis, at=AT)
    assert StaffMember.objects.get(id=team.noor.id).ended_at == AT


def test_two_who_may_decide_are_left_but_where_the_machine_is_kept(team: Team):
    ask_to_end(team.luis, by=team.amara, at=AT)
    ask_to_end(team.noor, by=team.amara, at=AT)
    end_designation(team.luis, by=team.luis, at=AT)
    with pytest.raises(TooFewWouldBeLeft):
        end_designation(team.noor, by=team.noor, at=AT)
    with pytest.raises(TooFewWouldBeLeft):
        ask_to_end(team.amara, by=team.olu, at=AT)
    assert ask_to_end(member("Kim", Role.RECEIVER), by=team.olu, at=AT)  # no key that counted
    end_designation(team.noor, by=None, at=AT)
    assert Leaving.objects.get().staff.working_name == "Kim"


def test_enrolment_gives_keys_that_count_once_vouched_for(team: Team):
    staff = designate_one(team.amara)
    enrol(staff, handle=" KIM ", passphrase=PASSPHRASE, countersigner=None, at=LATER)
    with pytest.raises(NoKey):
        keys.public_keys(staff.person_id)
    keys.countersign(staff.person_id, by=keys.unlock(team.amara.person_id, PASSPHRASE), at=LATER)
    assert keys.public_keys(staff.person_id)
    assert Login.objects.get(handle="kim").person == staff.person


def test_one_desk_login_a_person(team: Team):
    with pytest.raises(AlreadyEnrolled):
        enrol(team.luis, handle="luis2", passphrase=PASSPHRASE, countersigner=None, at=LATER)


def test_handles_tell_people_apart(team: Team):
    with pytest.raises(HandleTaken):
        enrol(
            designate_one(team.amara),
            handle="LUIS",
            passphrase=PASSPHRASE,
            countersigner=None,
            at=LATER,
        )


def test_a_weak_passphrase_leaves_no_login(team: Team):
    with pytest.raises(PassphraseTooWeak):
        enrol(
            designate_one(team.amara), handle="kim", passphrase="kim", countersigner=None, at=LATER
        )
    assert not Login.objects.filter(handle="kim").exists()


def shift(team: Team, who: StaffMember, *, by=None, hours=2):
    return plan_shift(
        who,
        convening=None,
        starts_at=AT,
        ends_at=AT + timedelta(hours=hours),
        by=by or team.amara,
        at=AT,
    )


def test_somebody_on_shift_is_on_call(team: Team):
    shift(team, team.luis)
    assert list(StaffMember.objects.on_call(LATER)) == [team.luis]
    assert not StaffMember.objects.on_call(AT + timedelta(hours=2)).exists()


def test_the_same_shift_twice_is_one(team: Team):
    shift(team, team.luis)
    shift(team, team.luis)
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("who", ["olu", "ivo"])
def test_who_neither_agrees_nor_watches_is_not_on_call(team: Team, who):
    with pytest.raises(NotOnTheTeam):
        shift(team, getattr(team, who))


def test_a_shift_does_not_run_backwards(team: Team):
    with pytest.raises(EndsBeforeItStarts):
        shift(team, team.luis, hours=-1)


def test_only_who_plans_plans_shifts(team: Team):
    with pytest.raises(NotYoursToDesignate):
        shift(team, team.luis, by=team.luis)


def test_whoever_takes_over_is_on_until_then_though_their_own_shift_ends_sooner(team: Team):
    theirs, until = shift(team, team.luis, hours=4), AT + timedelta(hours=3)
    shift(team, team.amara, hours=1)
    taken = take_over_shift(theirs, by=team.amara, ends_at=until, at=AT)
    assert set(StaffMember.objects.on_call(AT + timedelta(hours=2))) == {team.amara, team.luis}
    assert take_over_shift(theirs, by=team.amara, ends_at=until, at=AT) == taken
    assert take_over_shift(theirs, by=team.luis, ends_at=until, at=AT) == theirs
    with pytest.raises(NotOnTheTeam):
        take_over_shift(theirs, by=team.ivo, ends_at=until, at=AT)
    with pytest.raises(EndsBeforeItStarts):
        take_over_shift(theirs, by=team.amara, ends_at=AT, at=AT)


def outside(
    team: Team, *, holder=None, address="contact@outside.example", by=None, name="Dr. Odile"
):
    return name_outside_contact(
        name, address=address, holder=holder or outside_key(team), by=by or team.amara, at=AT
    )


def outside_key(team: Team):
    holder = standing_key()
    keys.countersign(holder, by=keys.unlock(team.amara.person_id, PASSPHRASE), at=AT)
    return holder


def test_the_outside_contact_is_named_with_a_key(team: Team):
    named = outside(team)
    assert list(OutsideContact.objects.current(AT)) == [named]
    assert b"outside.example" not in bytes(named.address_sealed)


def test_naming_another_ends_the_first(team: Team):
    outside(team)
    second = outside(team)
    assert list(OutsideContact.objects.current(AT)) == [second]


def test_naming_the_same_again_changes_nothing(team: Team):
    holder = outside_key(team)
    assert outside(team, holder=holder) == outside(team, holder=holder)


def test_without_a_key_nobody_is_named(team: Team):
    with pytest.raises(NoKey):
        outside(team, holder=uuid4())


def test_nobody_of_the_team_is_outside_it(team: Team):
    with pytest.raises(NotOutside):
        outside(team, holder=team.luis.person_id)


def test_only_who_plans_names_the_outside_contact(team: Team):
    with pytest.raises(NotYoursToDesignate):
        outside(team, by=team.noor)


def test_a_key_is_entered_once(team: Team):
    with pytest.raises(KeyAlreadyThere):
        keys.enrol_reader(team.luis.person_id, bytes(32), at=AT, countersigner=None)


def test_the_open_pages_of_somebody_who_leaves_hear_nothing_more(
    team, monkeypatch, django_capture_on_commit_callbacks
):
    cut = []
    monkeypatch.setattr(hub, "cut", lambda person: cut.append(person))
    with django_capture_on_commit_callbacks(execute=True):
        end_designation(team.noor, by=None, at=AT)
    assert cut == [team.noor.person_id]
