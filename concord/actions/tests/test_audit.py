"""An audit finds what a database owner forged, without reading a word (R-CONCUR-1)."""

from __future__ import annotations

import uuid

import pytest

from concord.access.models import Shut
from concord.actions.audit import audit
from concord.actions.triggers import missing
from concord.actions.watch_audit import alarm_for, watch_audit
from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.models import Concurrence, Decision, Execution, Version, Warrant
from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.outbox.models import Job
from concord.outbox.worker import run
from concord.people.bring_in import bring_in
from concord.people.models import Role
from concord.spaces.models import Post
from concord.vault import keys
from tests.browsing import at_the_desk
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    cast = stage()
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return cast


def found() -> set[str]:
    return {finding.what for finding in audit()}


def test_the_main_job_leaves_a_clean_audit(cast: Cast) -> None:
    assert missing() == []
    assert audit() == []


def test_missing_rules_are_named(cast: Cast, owner: None) -> None:
    assert found() == {"a rule of the database is missing"}


def test_a_forged_shut_is_found(cast: Cast, owner: None) -> None:
    Shut.objects.create(
        person=cast.tomas.person, scope_kind="all", warrant=uuid.uuid4(), since_at=cast.at
    )
    assert "a person shut out without a warrant" in found()


def test_a_lengthened_shut_is_found(cast: Cast, owner: None) -> None:
    Shut.objects.update(until_at=None)
    assert "a shut that is not what its warrant says" in found()


def test_a_forged_agreement_is_found(cast: Cast, owner: None) -> None:
    Concurrence.objects.update(person=cast.noor.id)
    assert "a signature that does not hold" in found()


def test_a_changed_text_is_found(cast: Cast, owner: None) -> None:
    version = Version.objects.get()
    Version.objects.update(manifest=version.manifest.replace("true", "false"))
    assert "a signature that does not hold" in found()


def test_an_effect_that_nobody_signed_is_found(cast: Cast, owner: None) -> None:
    Warrant.objects.create(
        execution=Execution.objects.get(),
        kind="revoke",
        target=cast.tomas.person_id,
        scope_kind="all",
        commitment="0" * 64,
    )
    assert "an effect that was not in the signed text" in found()


def test_a_repetition_of_nothing_is_found(cast: Cast, owner: None) -> None:
    decision = Execution.objects.get().decision
    execution = Execution.objects.create(
        prior_decision=decision, executed_at=decision.made_at.replace(year=2020)
    )
    Warrant.objects.create(
        execution=execution, kind="revoke", target=cast.tomas.person_id, scope_kind="all"
    )
    assert found() >= {
        "a prior decision that was not in force",
        "a return acted on more widely than the decision",
    }


def test_a_post_that_was_made_to_vanish_is_found(cast: Cast, owner: None) -> None:
    post = cast.say(cast.tomas, "Good morning", room=cast.annex)
    Post.objects.filter(id=post.id).update(removed=True, text="")
    assert "a post removed without a warrant" in found()


def test_a_strangers_post_deleted_under_a_decision_is_found(cast: Cast, owner: None) -> None:
    post = cast.say(cast.tomas, "Good morning")
    execution = Execution.objects.create(prior_decision=Decision.objects.get(), executed_at=cast.at)
    Warrant.objects.create(execution=execution, kind="delete", target=post.id)
    assert "a post of somebody who did not return was deleted under a prior decision" in found()


def test_a_key_confirmed_by_whoever_brought_its_holder_in_is_found(cast: Cast) -> None:
    """`keys.countersign` from a shell asks less than `vouch_for`; the audit asks again."""
    kim = bring_in(
        working_name="Kim",
        handle="kim",
        role=Role.STAFF,
        languages=["en"],
        is_lead=False,
        countersigner=None,
        by=cast.amara.staff,
        at=cast.at,
    )
    keys.countersign(kim.staff.person_id, by=cast.amara.keyring, at=cast.at)
    assert found() == {"a key confirmed by whoever brought its holder in"}


def test_a_forged_agreement_is_found_before_anything_is_done_under_it(cast: Cast) -> None:
    """No trigger can check a signature; this one stands in nobody's key."""
    forge_agreement(cast)
    assert found() == {"an agreement whose signature does not hold"}


def forge_agreement(cast: Cast) -> Concurrence:
    version = opened(proposed(cast, Case.objects.get()).version, cast.noor, cast.at)
    return Concurrence.objects.create(
        version=version,
        version_digest=version.digest,
        proposer=version.proposer,
        person=cast.noor.id,
        signature=b"x" * 64,
        concurred_at=cast.at,
    )


# the clock of it


def rung() -> set[object]:
    return set(Job.objects.filter(kind="monitoring.notice").values_list("subject", flat=True))


def test_within_a_minute_staff_see_that_something_was_forged(cast: Cast, caplog, settings) -> None:
    """And are rung, at once; so is whoever is outside, without a word of where it is or whom it is about."""
    settings.CONCORD_AUDITOR_ADDRESS = "grace@outside.internal"
    assert watch_audit(None, at=cast.at)
    assert alarm_for(cast.luis.staff) is None
    forge_agreement(cast)
    Job.objects.all().delete()
    assert not watch_audit(None, at=cast.later(minutes=1))
    for told in (cast.luis.staff, cast.ines.staff):
        assert alarm_for(told) == cast.later(minutes=1)
    assert alarm_for(cast.noor.staff) is None
    assert Entry.objects.filter(verb="actions.audit_alarm").count() == 1
    assert "concord audit" in caplog.text
    assert rung() == {cast.amara.id, cast.luis.id, cast.ravi.id, cast.ines.id}
    run(Job.objects.get(kind="actions.audit_alarm"))
    assert rung() == {cast.amara.id, cast.luis.id, cast.ravi.id, cast.ines.id, cast.outside.holder}
    assert Letter.objects.filter(kind="actions.audit_alarm").exists()
    assert at_the_desk(cast.ines).open("/next").sees("something that no two people decided")
    assert at_the_desk(cast.luis).open("/").sees("something that no two people decided")
    assert not at_the_desk(cast.noor).open("/").sees("no two people decided")


def test_the_alarm_is_raised_once_and_ends_when_the_audit_is_clean(cast: Cast) -> None:
    forged = forge_agreement(cast)
    for minute in (1, 2, 3):
        assert not watch_audit(None, at=cast.later(minutes=minute))
    assert Entry.objects.filter(verb="actions.audit_alarm").count() == 1
    Concurrence.objects.filter(id=forged.id).update(voided_at=cast.at)
    assert watch_audit(None, at=cast.later(minutes=4))
    assert alarm_for(cast.luis.staff) is None


def test_what_says_that_it_is_older_is_found_by_the_whole_audit_within_the_hour(
    cast: Cast, owner: None, monkeypatch
) -> None:
    monkeypatch.setattr("concord.actions.audit.missing", list)
    assert watch_audit(None, at=cast.at)
    Shut.objects.create(
        person=cast.tomas.person,
        scope_kind="all",
        warrant=uuid.uuid4(),
        since_at=cast.at.replace(year=2020),
    )
    assert watch_audit(None, at=cast.later(minutes=30))
    assert not watch_audit(None, at=cast.later(minutes=61))


def test_rows_on_which_the_audit_breaks_are_an_alarm_too(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("concord.actions.judge.commitment_of", lambda *_: 1 / 0)
    assert not watch_audit(None, at=cast.at)
    assert alarm_for(cast.ines.staff) == cast.at
