"""A named member of staff says whether a flag needs action, and why; nobody judges what they wrote."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from concord.convenings.models import Session, State
from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.monitoring.alarm_unreviewed import LIVE, OTHERWISE, alarm_unreviewed
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import (
    AlreadyJudged,
    FlaggedPersonDoesNotJudge,
    NeedsReason,
    OnlyDesignatedStaffJudge,
    judge_credible,
)
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import read_flag, read_judgement
from concord.monitoring.ring import send_notice
from concord.monitoring.signals import judged
from concord.outbox.models import Job
from concord.outbox.registry import handler_of, periods
from concord.people.addresses import about_address, mailbox_token, seal_address
from concord.people.models import Login
from concord.vault import files
from concord.vault.errors import GrantDormant, NoGrant


@pytest.fixture
def flag(post, ana, amara, kofi, at) -> Flag:
    return flag_post(post, words="", by=ana.person_id, by_staff=False, at=at)


def by(member, at) -> dict:
    return {"by": member.staff, "keyring": member.keyring, "at": at}


@pytest.mark.clauses("R-FLAG-1")
def test_a_flag_is_answered_by_name_with_a_sealed_reason(flag, amara, kofi, at):
    done = judge_credible(flag, credible=True, reason=" a threat ", **by(amara, at))
    assert (done.credible, done.judged_by, done.judged_at) == (True, amara.id, at)
    assert b"threat" not in bytes(done.judgement_sealed)
    assert read_judgement(done, keyring=kofi.keyring) == "a threat"
    entry = Entry.objects.get(verb="monitoring.judge")
    assert (entry.actor, entry.facts) == (amara.id, {"credible": True})


def test_when_no_action_is_needed_the_others_keep_the_row_without_contents(flag, amara, kofi, at):
    done = judge_credible(flag, credible=False, reason="a quotation", **by(amara, at))
    assert Flag.objects.visible_to(kofi.staff).get() == done
    with pytest.raises(GrantDormant):
        read_flag(done, keyring=kofi.keyring, at=at)
    assert read_flag(done, keyring=amara.keyring, at=at).excerpt == "what was written"


def test_it_is_announced_to_the_rooms_above(flag, amara, at):
    heard = []

    def hear(**said):
        heard.append((said["flag"].id, said["by"], said["keyring"], said["at"]))

    judged.connect(hear)
    try:
        judge_credible(flag, credible=False, reason="a quotation", **by(amara, at))
    finally:
        judged.disconnect(hear)
    assert heard == [(flag.id, amara.staff, amara.keyring, at)]


@pytest.mark.parametrize("credible", [True, False])
def test_a_flag_is_answered_once(flag, amara, kofi, credible, at):
    judge_credible(flag, credible=True, reason="a threat", **by(amara, at))
    with pytest.raises(AlreadyJudged) as refused:
        judge_credible(flag, credible=credible, reason="otherwise", **by(kofi, at))
    assert refused.value.status == 409
    assert Flag.objects.get().judged_by == amara.id


def test_without_a_reason_nothing_is_answered(flag, amara, at):
    with pytest.raises(NeedsReason):
        judge_credible(flag, credible=True, reason=" \n", **by(amara, at))
    assert Flag.objects.get().credible is None


def test_volunteers_and_former_staff_do_not_judge(flag, amara, vera, at):
    amara.staff.ended_at = at
    for member in (amara, vera):
        with pytest.raises(OnlyDesignatedStaffJudge):
            judge_credible(flag, credible=True, reason="because", **by(member, at))


def test_nobody_judges_without_an_active_grant_or_with_a_colleagues_keys(
    flag, amara, kofi, make, at
):
    later = make("Later", "receiver")
    files.make_dormant(flag.file, kofi.id)
    for member in (later, kofi):
        with pytest.raises(NoGrant):
            judge_credible(flag, credible=True, reason="because", **by(member, at))
    with pytest.raises(NoGrant):
        judge_credible(
            flag, credible=True, reason="because", by=kofi.staff, keyring=amara.keyring, at=at
        )


def test_whoever_wrote_it_does_not_judge_even_if_a_grant_reaches_them(post, ana, amara, kofi, at):
    post.registration.person = kofi.staff.person
    post.registration.save()
    flag = flag_post(post, words="", by=ana.person_id, by_staff=False, at=at)
    files.grant(flag.file, to=kofi.id, by=amara.keyring, at=at)
    with pytest.raises(FlaggedPersonDoesNotJudge):
        judge_credible(flag, credible=False, reason="a joke", **by(kofi, at))


def test_the_database_wants_somebody_and_a_reason(flag):
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.filter(id=flag.id).update(credible=False)


@pytest.mark.clauses("P-ZERO-1", "I-REVIEW-1", "R-FLAG-1")
@pytest.mark.parametrize("state, clock", [(State.OPEN, LIVE), (State.ENDED, OTHERWISE)])
def test_a_flag_nobody_answers_rings_wider_once_and_stays_open(flag, amara, kofi, state, clock, at):
    Session.objects.update(state=state)
    assert alarm_unreviewed(None, at=at + clock - timedelta(seconds=1)) == 0
    assert alarm_unreviewed(None, at=at + clock) == 1
    assert alarm_unreviewed(None, at=at + timedelta(days=400)) == 0
    kept = Flag.objects.get()
    assert (kept.credible, kept.alarmed_at) == (None, at + clock)
    rung = Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True)
    assert set(rung) == {amara.id, kofi.id}


def test_a_flag_in_time_alarms_nobody(flag, amara, at):
    judge_credible(flag, credible=True, reason="a threat", **by(amara, at))
    assert alarm_unreviewed(None, at=at + timedelta(days=1)) == 0


def test_the_alarm_runs_by_itself():
    assert handler_of("monitoring.alarm") is alarm_unreviewed
    assert periods()["monitoring.alarm"] <= 30


def test_a_notice_goes_to_an_address_if_there_is_one_and_says_nothing(amara, kofi, ines, at):
    login = Login(person=amara.staff.person, handle="amara by mail")
    login.mailbox_token = mailbox_token("amara@host.example")
    login.address_sealed = seal_address("amara@host.example", about=about_address(login.id))
    login.save()
    nobody = uuid4()
    for subject in (amara.id, kofi.id, ines.holder, nobody):
        send_notice(Job(kind="monitoring.notice", subject=subject), at=at)
    assert Letter.objects.filter(kind="monitoring.notice", guarded=False).count() == 2
