"""A warning is a letter and nothing else; whoever is asked to leave decides, and nobody else is told (P-SANCTION-1)."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from concord.access.forget_notices import forget_notices
from concord.access.models import Notice
from concord.access.tell import notices_for
from concord.actions.ask_review import ask_review
from concord.actions.assign_review import assign_review
from concord.actions.audit import audit
from concord.actions.decide_review import decide_review
from concord.actions.models import ReviewRequest, Told, Unheld
from concord.actions.send_again import NoLetterReaches, NothingToSend, send_again
from concord.actions.verify_steps import look_again, verify_steps
from concord.actions.write_notice import write_notice, write_notices
from concord.cases.models import Case
from concord.cases.models import State as CaseState
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.guards import NeedsCoordinator
from concord.concurrence.models import Decision, Execution, Warrant
from concord.concurrence.terms import Incomplete, Target
from concord.letterbox.models import Answer
from concord.letters.deliver import deliver
from concord.letters.models import Letter
from concord.monitoring.call_again import call_again
from concord.monitoring.ring import NOTICE
from concord.outbox.models import Job
from concord.people.models import Login
from concord.people.tests.team import Mailbox
from concord.reports.receive_report import receive_report
from concord.reports.tell_status import tell_status
from concord.reports.told import Told as Reported
from concord.vault import environment
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, opened, proposed, terms_for
from tests.looking_again import another_receiver
from tests.policy.test_sanctions import step

ASKED = "The team asks you to leave this session for now."


def decided(cast: Cast, *kinds: str, case: Case | None = None) -> Execution:
    """Amara proposed it with the letter that we would write, Luis agreed."""
    targets = tuple(step(cast, kind) for kind in kinds)
    terms = terms_for(cast)
    subject, body = write_notice(targets, grounds=terms.grounds, violations=terms.violations)
    words = {"notice_subject": subject, "notice_body": body.strip()}
    asked = proposed(cast, case, targets=targets, **words)
    agreed = concur(
        opened(asked.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    look_at(agreed.execution, cast)
    return agreed.execution


def look_at(execution: Execution, cast: Cast) -> None:
    verify_steps(Job(kind="actions.verify", subject=execution.id), at=cast.at)


def verified(execution: Execution) -> bool:
    return not execution.warrants.filter(verified_at__isnull=True).exists()


def without_a_mailbox(cast: Cast) -> None:
    """No letter reaches Karim any more."""
    Login.objects.filter(person=cast.karim.person_id).update(address_sealed=None)


@pytest.mark.clauses("P-SANCTION-1", "R-ACT-1")
def test_a_warning_is_done_when_its_letter_was_handed_over(cast: Cast) -> None:
    execution = decided(cast, "warn")
    (letter,) = Letter.objects.filter(id__in=Told.objects.values("letter"))
    said = json.loads(
        environment.unseal("delivery", bytes(letter.sealed), about=f"letter:{letter.id}")
    )["body"]
    for part in (
        "behaviour",
        "What it does",
        "What must change",
        "counts until",
        "look at it again",
    ):
        assert part in said
    assert "Sara" not in said
    assert "hurt yourself" not in said
    assert not verified(execution)
    assert Case.objects.get().state == CaseState.ACTION_PENDING
    deliver(Job(kind="letters.deliver", subject=letter.id), at=cast.at)
    look_again(Job(kind="actions.look_again"), at=cast.later(minutes=2))
    assert verified(execution)
    assert Case.objects.get().state == CaseState.STABILISED
    assert not Notice.objects.exists()
    assert cast.say(cast.karim, "I understand.").text == "I understand."
    assert audit() == []


@pytest.mark.clauses("P-SANCTION-1")
def test_a_warning_without_a_letter_is_refused(cast: Cast) -> None:
    with pytest.raises(Incomplete) as refused, transaction.atomic():
        proposed(cast, targets=(step(cast, "warn"),), notice_body="  ")
    assert refused.value.missing == ["notice_body"]


@pytest.mark.clauses("P-SANCTION-1", "R-ACT-1")
def test_whom_no_letter_reaches_reads_it_alone_in_the_room(cast: Cast, mailbox: Mailbox) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    without_a_mailbox(cast)
    execution = decided(cast, "warn")
    assert not verified(execution)
    notice = Notice.objects.get()
    assert b"behaviour" not in bytes(notice.sealed)
    assert not sara.open(f"/r/{cast.hall.id}").sees("a message from the team")
    assert sara.open(f"/r/{cast.hall.id}/told/{notice.id}").status == 404
    karim.open(f"/r/{cast.hall.id}").follow("Read what the team wrote")
    assert karim.sees("Nothing else changes for you.")
    look_at(execution, cast)
    assert verified(execution)
    karim.press("I have read it")
    assert karim.status == 200
    assert not karim.sees("a message from the team")
    assert karim.open(f"/r/{cast.hall.id}/told/{notice.id}").status == 404
    assert Notice.objects.get().sealed is None


def reported(cast: Cast) -> tuple[Case, str]:
    """Somebody reported it, wants to hear what is done, and keeps the code."""
    told = Reported("He wrote this.", hear="done")
    sent = receive_report(told, nonce=uuid4().bytes, at=cast.at)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    return take_up(sent.report, **who), sent.code


def looked_at_again(cast: Cast, **later: float) -> None:
    look_again(Job(kind="actions.look_again"), at=cast.later(**later))


def rung() -> set[UUID | None]:
    return set(Job.objects.filter(kind=NOTICE).values_list("subject", flat=True))


@pytest.mark.clauses("R-ACT-1", "R-PRACT-1", "I-INFORM-1")
def test_a_letter_that_nobody_carries_is_somebodys_and_is_sent_again(cast: Cast) -> None:
    """It was being checked for ever: nobody was rung, and whoever reported waited for news of it."""
    case, code = reported(cast)
    execution = decided(cast, "mute", "warn", case=case)
    Job.objects.filter(kind=NOTICE).delete()
    looked_at_again(cast, seconds=59)
    assert rung() == set()
    for minutes in (1, 2):
        looked_at_again(cast, minutes=minutes)
    assert rung() == {cast.amara.id, cast.luis.id}
    assert Job.objects.filter(kind=NOTICE).count() == 2
    Job.objects.filter(kind=NOTICE).delete()
    assert call_again(None, at=cast.later(minutes=6)) == 1
    assert rung() == {cast.amara.id, cast.luis.id}
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees("Something that was carried out does not hold yet.")
    assert amara.sees("Warn one person by a letter about Hall 1")
    assert amara.open(f"/cases/{case.id}").sees("Not seen to hold since")
    assert amara.sees("A part of what was agreed does not hold yet.")
    assert not at_the_desk(cast.noor).open("/").sees("not seen to hold")
    box = Browser().open("/report/box").press("Open", code=code)
    assert not box.sees("has not come through")
    for hours in (4, 5):
        looked_at_again(cast, hours=hours)
    box = Browser().open("/report/box").press("Open", code=code)
    assert box.sees("A part of what was decided has not come through yet.")
    assert list(Answer.objects.values_list("kind", flat=True)).count("waits") == 1
    assert box.sees("Somebody can read for now, and not write."), "what holds is told already"
    assert tell_status(None, at=cast.later(days=8)) == 1, "and each week how it stands, as before"
    box = Browser().open("/report/box").press("Open", code=code)
    assert box.sees("this week")
    (first,) = Letter.objects.filter(kind="actions.notice")
    step, luis = Unheld.objects.get(), {"by": cast.luis.staff, "keyring": cast.luis.keyring}
    with pytest.raises(NeedsCoordinator):
        send_again(step, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    amara.open(f"/decisions/{execution.decision.id}").press("Send it again")
    send_again(step, **luis, at=cast.at)
    (again,) = Letter.objects.filter(kind="actions.notice", sealed__isnull=False)
    assert again.id != first.id
    deliver(Job(kind="letters.deliver", subject=again.id), at=cast.at)
    looked_at_again(cast, hours=6)
    with pytest.raises(NothingToSend):
        send_again(step, **luis, at=cast.at)
    assert not amara.open("/").sees("not seen to hold")
    box = Browser().open("/report/box").press("Open", code=code)
    assert box.sees("Somebody was told in writing what has to change.")
    assert not box.sees("has not come through")
    assert not box.sees("this week")
    assert tell_status(None, at=cast.later(days=30)) == 0
    assert audit() == []


@pytest.mark.clauses("R-ACT-1", "R-PRACT-1", "I-INFORM-1")
def test_a_warning_that_was_taken_back_is_not_sent_any_more_and_calls_nobody(cast: Cast) -> None:
    mina = another_receiver(cast)
    case, _code = reported(cast)
    execution = decided(cast, "warn", case=case)
    looked_at_again(cast, minutes=2)
    amara = at_the_desk(cast.amara).open(f"/decisions/{execution.decision.id}")
    assert amara.sees("Send it again")
    _code, asked = ask_review(
        kind="review", words="It was a quote.", contact="", shut=None, nonce=b"n" * 16, at=cast.at
    )
    luis = {"by": cast.luis.staff, "keyring": cast.luis.keyring}
    assign_review(asked, decision=execution.decision, at=cast.at, **luis)
    who = {"by": mina.id, "keyring": mina.keyring, "at": cast.at}
    decide_review(asked, outcome="overturned", reason="So it was.", answer="", **who)
    assert not Letter.objects.filter(kind="actions.notice", sealed__isnull=False).exists()
    assert call_again(None, at=cast.later(minutes=7)) == 0
    with pytest.raises(NothingToSend), transaction.atomic():
        send_again(Unheld.objects.get(), **luis, at=cast.at)
    looked_at_again(cast, hours=5)
    assert not Answer.objects.filter(kind="waits").exists()
    assert amara.open("/").sees("Look at where it stands.")
    assert amara.open(f"/decisions/{execution.decision.id}").sees("it is not sent any more")
    assert not amara.sees("Send it again")
    amara.press("Leave it out", words="It was taken back.")
    look_at(execution, cast)
    assert Case.objects.get().state == CaseState.STABILISED


@pytest.mark.clauses("R-PRACT-1", "I-INFORM-1")
def test_what_reaches_nobody_is_left_out_with_a_reason_and_the_case_goes_on(cast: Cast) -> None:
    case, code = reported(cast)
    without_a_mailbox(cast)
    execution = decided(cast, "warn", case=case)
    looked_at_again(cast, minutes=2)
    step, amara = Unheld.objects.get(), at_the_desk(cast.amara)
    with pytest.raises(NoLetterReaches), transaction.atomic():
        send_again(step, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert amara.open("/").sees("No letter reaches them; they may still come")
    amara.open(f"/decisions/{execution.decision.id}")
    assert amara.sees("They are shown it when they come into the room.")
    assert not amara.sees("Send it again")
    luis = at_the_desk(cast.luis)
    assert at_the_desk(cast.ravi).post(f"/unheld/{step.id}/left-out", words="No.").status == 404
    amara.press("Leave it out", words=" ")
    assert amara.sees("Please say why it cannot be done.")
    amara.press("Leave it out", words="He left the event for good.")
    look_at(execution, cast)
    assert not luis.open("/").sees("not seen to hold")
    assert Case.objects.get().state == CaseState.STABILISED
    box = Browser().open("/report/box").press("Open", code=code)
    assert box.sees("We looked into it with care, and have not acted on it.")
    assert audit() == []


@pytest.mark.clauses("P-SANCTION-1", "R-ACT-1")
def test_whoever_is_asked_to_leave_decides_and_nobody_else_sees_it(
    cast: Cast, mailbox: Mailbox
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    execution = decided(cast, "ask")
    assert verified(execution)
    assert Told.objects.count() == 1
    assert not sara.open(f"/r/{cast.hall.id}").sees("asks you to leave")
    assert karim.open(f"/r/{cast.hall.id}").sees(ASKED)
    karim.press("Send", text="I stay.")
    assert karim.sees("I stay.")
    amara = at_the_desk(cast.amara).open(f"/decisions/{execution.decision.id}")
    assert amara.sees("Asked to leave Hall 1")
    assert amara.sees("one has not left so far")
    karim.press("Leave this session")
    assert karim.path == "/e/votes"
    assert amara.open(f"/decisions/{execution.decision.id}").sees("yes, by their own press")
    assert karim.open(f"/r/{cast.hall.id}").status == 200


@pytest.mark.clauses("P-SANCTION-1", "K-PRIV-1")
def test_nobody_heeds_a_notice_for_somebody_else(cast: Cast, mailbox: Mailbox) -> None:
    decided(cast, "ask")
    notice = Notice.objects.get()
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    assert sara.post(f"/r/{cast.hall.id}/told/{notice.id}/heed").status == 404
    assert not Notice.objects.get().is_heeded


@pytest.mark.clauses("P-SANCTION-1")
def test_it_is_in_their_language_and_can_be_looked_at_again(cast: Cast, mailbox: Mailbox) -> None:
    Login.objects.filter(person=cast.karim.person_id).update(language="fr")
    decided(cast, "ask")
    letter = Letter.objects.get(id__in=Told.objects.values("letter"))
    said = json.loads(
        environment.unseal("delivery", bytes(letter.sealed), about=f"letter:{letter.id}")
    )
    assert said["language"] == "fr"
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    assert karim.open(f"/fr/r/{cast.hall.id}").sees("Personne d’autre ici ne l’apprend.")
    karim.open(f"/r/{cast.hall.id}").follow("Ask us to look at this again")
    karim.press("Send", words="It was a quarrel of two.")
    assert ReviewRequest.objects.get().decision == Decision.objects.get()


@pytest.mark.clauses("P-SANCTION-1")
def test_it_ends_by_itself_and_its_text_with_it(cast: Cast, mailbox: Mailbox) -> None:
    without = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    without_a_mailbox(cast)
    decided(cast, "ask")
    assert without.open(f"/r/{cast.hall.id}").sees(ASKED)
    assert notices_for(cast.karim.person_id, cast.hall.places, at=cast.later(hours=24)) == []
    assert forget_notices(at=cast.later(hours=23)) == 0
    assert forget_notices(at=cast.later(hours=24)) == 1
    assert Notice.objects.get().sealed is None


@pytest.mark.clauses("P-SANCTION-1", "R-CONCUR-1")
def test_nobody_is_asked_to_leave_by_a_row_that_somebody_wrote(cast: Cast) -> None:
    execution = decided(cast, "ask")
    made = Notice.objects.get()
    row = {"scope_kind": made.scope_kind, "scope_id": made.scope_id, "since_at": cast.at}
    warrant = Warrant.objects.get(execution=execution)
    for changed in (
        {"person_id": cast.sara.person_id, "warrant": uuid4(), "asked_to_leave": True},
        {"person_id": cast.sara.person_id, "warrant": warrant.id, "asked_to_leave": True},
    ):
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Notice.objects.create(until_at=made.until_at, **row, **changed)
    for wider in ({"until_at": None}, {"scope_kind": "all", "scope_id": None}):
        with pytest.raises(IntegrityError, match="concord: "), transaction.atomic():
            Notice.objects.update(**wider)
    assert audit() == []


@pytest.mark.clauses("A-THOUGHT-1")
def test_people_who_are_told_different_things_get_different_letters(cast: Cast) -> None:
    out = Target(
        "revoke",
        cast.tomas.person_id,
        "Tomas Vega",
        scope_kind="session",
        scope_id=cast.hall.session_id,
        until_at=cast.later(hours=24),
    )
    targets, terms = (step(cast, "warn"), out), terms_for(cast)
    own = write_notices(targets, grounds=terms.grounds, violations=terms.violations)
    assert len(own) == 2
    asked = proposed(cast, targets=targets, notice_body="", own_notices=own)
    concur(
        opened(asked.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    told = {}
    for one in Told.objects.all():
        letter = Letter.objects.get(id=one.letter)
        sealed = environment.unseal("delivery", bytes(letter.sealed), about=f"letter:{letter.id}")
        told[one.person] = json.loads(sealed)["body"]
    assert "you do not have access" in told[cast.tomas.person_id]
    assert "you do not have access" not in told[cast.karim.person_id]
    assert "Nothing else changes for you" in told[cast.karim.person_id]
