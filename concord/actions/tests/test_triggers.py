"""The database itself refuses what no two people decided, whoever writes the row (R-CONCUR-1, R-EVADE-2)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_migrate
from django.utils import timezone

from concord.access.models import Shut
from concord.access.shut import end_shut
from concord.actions.audit import audit
from concord.actions.export_evidence import export_evidence
from concord.actions.judge_file import judge_file
from concord.actions.models import Ending, Told
from concord.actions.triggers import REPLACEABLE, install, missing
from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.manifest import canonical, commitment_of, digest_of
from concord.concurrence.models import (
    Asked,
    Concurrence,
    Decision,
    Execution,
    Opening,
    Proposal,
    Step,
    Version,
    Warrant,
)
from concord.ledger.chain import chain
from concord.ledger.codes import random_code
from concord.ledger.note_head import note_head
from concord.ledger.record import record
from concord.spaces.models import Post, Removal
from concord.vault import keys
from tests.cast import Cast, opened, proposed, stage

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
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
    for model in (Told, Shut, Removal, Ending, Warrant, Decision, Execution):
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


# somebody at the database's own prompt


def sql(statement: str, *values: object) -> int:
    """Run it, with nothing of Django in between."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET verb = 'people.nothing'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_link SET digest = (SELECT digest FROM ledger_link WHERE position = 1)",
        "DELETE FROM ledger_link",
        "INSERT INTO ledger_anchor (id, position, digest) SELECT 1, 999999, digest FROM ledger_link WHERE position = 1",
        "UPDATE ledger_head SET position = 1",
        "DELETE FROM ledger_head",
        "UPDATE vault_personkey SET signing_public = reading_public",
        "UPDATE vault_personkey SET holder = id",
        "UPDATE vault_personkey SET countersigner = id",
        "DELETE FROM vault_personkey",
        "UPDATE vault_recoverykey SET signing_public = reading_public",
        "DELETE FROM vault_recoverykey",
    ],
)
def test_neither_the_ledger_nor_a_key_is_rewritten(cast: Cast, statement: str) -> None:
    chain()
    note_head(cast.at.date(), at=cast.at)
    with refused(), transaction.atomic():
        sql(statement)


def test_a_retired_key_does_not_come_back(cast: Cast) -> None:
    keys.retire(cast.ines.id, by=None, at=cast.at)
    with refused(), transaction.atomic():
        sql("UPDATE vault_personkey SET retired_at = NULL")


def test_the_beginning_of_the_ledger_goes_by_its_anchor_and_no_further(cast: Cast) -> None:
    chain()
    sql(
        "INSERT INTO ledger_anchor (id, position, digest)"
        " SELECT 1, position, digest FROM ledger_link WHERE position = 3"
    )
    with refused(), transaction.atomic():
        sql("DELETE FROM ledger_link WHERE position = 4")
    with refused(), transaction.atomic():
        sql("UPDATE ledger_anchor SET position = 2")
    assert sql("DELETE FROM ledger_link WHERE position <= 3") == 3


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "table", sorted(REPLACEABLE.keys() - {"access_limit"})
)  # nobody is limited here
def test_no_row_is_written_over_another(cast: Cast, table: str) -> None:
    """`INSERT OR REPLACE` would take the old row away without a word of any rule about it."""
    chain()
    note_head(cast.at.date(), at=cast.at)
    if table == "actions_ending":
        _ends(cast)
    with refused(), transaction.atomic():
        sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


NAME = "concord_shut_has_a_warrant"
ANEW = f"CREATE TRIGGER {NAME} BEFORE {{}} FOR EACH ROW EXECUTE FUNCTION {NAME}()"
LOOK_AWAY = {
    "sqlite": [
        [f"DROP TRIGGER {NAME}"],
        [f"DROP TRIGGER {NAME}", f"CREATE TRIGGER {NAME} BEFORE INSERT ON access_shut BEGIN SELECT 1; END"],
        [f"DROP TRIGGER {NAME}", f"CREATE TRIGGER {NAME} BEFORE INSERT ON spaces_room BEGIN SELECT 1; END"],
    ],
    "postgresql": [
        [f"DROP TRIGGER {NAME} ON access_shut"],
        [f"ALTER TABLE access_shut DISABLE TRIGGER {NAME}"],
        ["ALTER TABLE access_shut DISABLE TRIGGER USER"],
        [f"ALTER TABLE access_shut ENABLE REPLICA TRIGGER {NAME}"],
        [f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"],
        *(
            [f"DROP TRIGGER {NAME} ON access_shut", ANEW.format(when)]
            for when in (
                "DELETE ON access_shut",
                "INSERT ON access_gate",
                "UPDATE OF review_on ON access_shut",
            )
        ),
        [
            f"DROP TRIGGER {NAME} ON access_shut",
            ANEW.format("INSERT ON access_shut").replace("EXECUTE", "WHEN (FALSE) EXECUTE"),
        ],
    ],
}  # fmt: skip
"""Ways of making a rule look away, most of which leave its name in place."""


def test_a_rule_that_was_made_to_look_away_is_missing() -> None:
    connection.check_constraints()  # what was written before waits for nothing any more
    for way in LOOK_AWAY[connection.vendor]:
        for statement in way:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        assert NAME in missing(), way
        install()
        if NAME in missing():  # a trigger of this name was hung onto another table
            sql(f"DROP TRIGGER {NAME} ON access_gate")
        assert missing() == [], way


def test_a_chain_of_rows_that_the_rules_let_through_is_named_by_both_audits(
    cast: Cast, tmp_path: Path
) -> None:
    """No trigger checks a signature: whoever writes SQL with the rules in place comes as far as a shut.

    The forger adds the ledger's entries as well, and holds no key of anybody.
    """
    forged = forge_a_shut(cast)
    assert missing() == []
    assert Shut.objects.filter(id=forged).exists()
    export_evidence(tmp_path / "evidence", at=cast.later(minutes=1))
    for named in (
        audit(),
        audit(since=cast.later(minutes=-1)),
        judge_file(tmp_path / "evidence").findings,
    ):
        assert {each.what for each in named} == {"a signature that does not hold"}


def forge_a_shut(cast: Cast) -> UUID:
    """Tomas is shut out of everything, by rows alone."""
    old, at = Version.objects.get(), cast.at
    proposal = proposed(cast, Case.objects.get())
    Version.objects.filter(proposal=proposal).update(voided_at=at)
    effect = {
        "kind": "revoke",
        "target": str(cast.tomas.person_id),
        "scope_kind": "all",
        "scope_id": None,
        "until_at": None,
        "review_on": None,
    }
    commitment, version, lapses = commitment_of(effect, "5a17"), uuid4(), cast.later(hours=1)
    manifest = canonical(
        {
            "version": str(version),
            "proposal": str(proposal.id),
            "number": 2,
            "proposer": str(cast.amara.id),
            "contents": "0" * 64,
            "steps": [commitment],
            "act_at_once": False,
            "submitted_at": at.isoformat(),
            "lapses_at": lapses.isoformat(),
        }
    )
    digest = digest_of(manifest)
    Version(
        id=version,
        proposal=proposal,
        number=2,
        proposer=cast.amara.id,
        manifest=manifest,
        digest=digest,
        signature=bytes(old.signature),
        briefing=uuid4(),
        sealed=b"",
        submitted_at=at,
        lapses_at=lapses,
    ).save(force_insert=True)
    Step.objects.create(version_id=version, position=1, commitment=commitment, target_token=b"")
    Opening.objects.create(version_id=version, person=cast.luis.id, opened_at=at)
    agreed = Concurrence.objects.create(
        version_id=version,
        version_digest=digest,
        proposer=cast.amara.id,
        person=cast.luis.id,
        signature=bytes(Concurrence.objects.get().signature),
        concurred_at=at,
    )
    Proposal.objects.filter(id=proposal.id).update(state="concurred")
    execution = Execution.objects.create(concurrence=agreed, executed_at=at)
    decision = Decision.objects.create(
        code=random_code(), case=proposal.case, execution=execution, file=uuid4(), made_at=at
    )
    warrant = Warrant.objects.create(
        execution=execution,
        kind="revoke",
        target=cast.tomas.person_id,
        scope_kind="all",
        commitment=commitment,
        salt="5a17",
    )
    shut = Shut.objects.create(
        person_id=cast.tomas.person_id, scope_kind="all", warrant=warrant.id, since_at=at
    )
    told = {"subject": proposal.id, "at": at, "version": version}
    record("concurrence.propose", actor=cast.amara.id, **told)
    record("concurrence.concur", actor=cast.luis.id, **told)
    record("access.shut", actor=None, subject=shut.id, at=at, warrant=warrant.id)
    record("concurrence.execute", actor=None, subject=decision.id, at=at, execution=execution.id)
    return shut.id


def _delete(model: type[Model]) -> None:
    """As somebody at the database's own prompt, with nothing of Django in between."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if model is Shut:
            cursor.execute("DELETE FROM access_shuttoken")
        cursor.execute(f"DELETE FROM {table}")
