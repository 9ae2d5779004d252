"""An audit finds what a database owner forged, without reading a word (R-CONCUR-1)."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from concord.access.models import Shut
from concord.actions.audit import audit
from concord.actions.triggers import drop_statements, install, missing
from concord.concurrence.concur import concur
from concord.concurrence.models import Concurrence, Decision, Execution, Version, Warrant
from concord.spaces.models import Post
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = stage()
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return cast


@pytest.fixture
def owner():
    """Somebody who owns the database takes the rules away."""
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)
    yield
    install()


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
