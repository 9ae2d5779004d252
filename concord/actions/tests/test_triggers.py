"""The database itself refuses what no two people decided, whoever writes the row (R-CONCUR-1, R-EVADE-2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import timezone

from concord.access.models import Shut
from concord.access.shut import end_shut
from concord.actions.audit import audit
from concord.actions.models import Ending
from concord.actions.triggers import missing
from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.models import (
    Asked,
    Concurrence,
    Decision,
    Execution,
    Opening,
    Step,
    Version,
    Warrant,
)
from concord.ledger.codes import random_code
from concord.spaces.models import Post, Removal
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = stage()
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return cast


def refused() -> pytest.RaisesExc[IntegrityError]:
    return pytest.raises(IntegrityError, match="concord: ")


def test_no_step_is_added_to_a_text_that_was_signed(cast: Cast) -> None:
    for commitment in ("f" * 64, Step.objects.values_list("commitment", flat=True)[0][:8], ""):
        with refused(), transaction.atomic():
            Step.objects.create(
                version=Version.objects.get(), position=9, commitment=commitment, target_token=b""
            )


def test_no_decision_stands_on_another_decision(cast: Cast) -> None:
    decision = Decision.objects.get()
    again = Execution.objects.create(prior_decision=decision, executed_at=cast.at)
    with refused(), transaction.atomic():
        _another(decision, execution=again)


def test_no_decision_is_written_anew_for_an_old_agreement(cast: Cast) -> None:
    decision = Decision.objects.get()
    _ends(cast)
    Decision.objects.all().delete()
    with refused(), transaction.atomic():
        _another(decision, execution=decision.execution, made_at=cast.later(minutes=1))


def _ends(cast: Cast) -> None:
    """Somebody gave it an earlier end, which has come by now."""
    decision, a_day_ago = Decision.objects.get(), cast.at - timedelta(days=1)
    row = {"how": "earlier", "by": cast.amara.id, "made_at": a_day_ago, "ends_at": cast.at}
    Ending.objects.create(decision=decision, **row)
    Decision.objects.update(ended_at=cast.at)


def _another(decision: Decision, **changes: object) -> Decision:
    fields = {"case": decision.case, "file": uuid4(), "made_at": decision.made_at, **changes}
    return Decision.objects.create(code=random_code(), **fields)  # type: ignore[misc]


def test_no_post_of_somebody_else_is_deleted_under_a_prior_decision(cast: Cast) -> None:
    post = cast.say(cast.tomas, "Good morning")
    execution = Execution.objects.create(prior_decision=Decision.objects.get(), executed_at=cast.at)
    with refused(), transaction.atomic():
        Warrant.objects.create(execution=execution, kind="delete", target=post.id)


def test_no_post_loses_its_text_without_a_removal(cast: Cast) -> None:
    post = Post.objects.filter(id=cast.say(cast.tomas, "Good morning").id)
    for change in ({"removed": True}, {"text": ""}, {"removed": True, "text": ""}):
        with refused(), transaction.atomic():
            post.update(**change)


def test_no_removed_post_comes_back_while_its_removal_stands(cast: Cast) -> None:
    with refused(), transaction.atomic():
        Post.objects.filter(removed=True).update(removed=False, text="I am back")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "name"),
    [(Warrant, "salt"), (Step, "commitment"), (Post, "text"), (Shut, "review_on")],
)
def test_a_later_migration_can_rebuild_a_table_and_the_rules_come_back(
    model: type[Model], name: str
) -> None:
    told = {"app_config": apps.get_app_config("actions"), "verbosity": 0, "interactive": False}
    field = model._meta.get_field(name)
    other = field.clone()
    other.null = not field.null
    other.set_attributes_from_name(name)
    other.model = model
    for before, after in ((field, other), (other, field)):
        pre_migrate.send(apps.get_app_config("actions"), using="default", **told)
        with connection.schema_editor() as editor:
            editor.alter_field(model, before, after)
        post_migrate.send(apps.get_app_config("actions"), using="default", **told)
    assert missing() == []
    assert audit() == []


@pytest.mark.parametrize(
    "model", [Shut, Removal, Warrant, Decision, Execution, Concurrence, Version]
)
def test_nothing_of_a_decision_is_deleted_while_it_holds(cast: Cast, model: type[Model]) -> None:
    with refused(), transaction.atomic():
        _delete(model)
    assert model._default_manager.exists()


def test_an_ended_shut_is_not_written_again_under_its_warrant(cast: Cast) -> None:
    shut = Shut.objects.get()
    end_shut(shut, by=None, at=cast.at)
    with refused(), transaction.atomic():
        _delete(Shut)
    _ends(cast)
    _delete(Shut)
    with refused(), transaction.atomic():
        Shut(
            person_id=shut.person_id,
            scope_kind=shut.scope_kind,
            scope_id=shut.scope_id,
            warrant=shut.warrant,
            since_at=shut.since_at,
            until_at=shut.until_at,
        ).save(force_insert=True)


def test_an_agreement_that_was_taken_back_is_not_written_again(cast: Cast) -> None:
    version = opened(proposed(cast, Case.objects.get()).version, cast.luis, cast.at)
    Concurrence.objects.filter(version=version).update(voided_at=cast.at)
    with refused(), transaction.atomic():
        _delete(Concurrence)


def test_what_is_over_can_be_erased_effects_first(cast: Cast) -> None:
    _ends(cast)
    with refused(), transaction.atomic():
        _delete(Warrant)
    for model in (Shut, Removal, Ending, Warrant, Decision, Execution):
        _delete(model)
        assert not model._default_manager.exists()


@pytest.mark.django_db(transaction=True)
def test_agreements_and_texts_of_more_than_a_year_ago_can_be_erased() -> None:
    cast = stage(timezone.now() - timedelta(days=366))
    version = opened(proposed(cast).version, cast.luis, cast.at)
    assert version.submitted_at == cast.at
    Step.objects.all().delete()
    Opening.objects.all().delete()
    Asked.objects.all().delete()
    _delete(Version)
    assert not Version.objects.exists()


def _delete(model: type[Model]) -> None:
    """As somebody at the database's own prompt, with nothing of Django in between."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if model is Shut:
            cursor.execute("DELETE FROM access_shuttoken")
        cursor.execute(f"DELETE FROM {table}")
