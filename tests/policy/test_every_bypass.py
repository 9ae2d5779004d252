"""Every way round the second person, in one table: what stops it, and where its trace is (PUB-06, R-CONCUR-1).

`refused`: a rule of the policy says no, nothing changes, and the try is in the ledger with who tried.
`unchanged`: nothing comes of it; a shell that calls a verb is told, and that it was opened is in the ledger.
`database`: the rules of the database refuse the row, whoever writes it; nothing changes, so there is nothing to keep.
`shown`: a database owner can write it, and the audit names it; it is never carried out through the product.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from nacl.signing import SigningKey

from concord.access.gate import is_admitted
from concord.access.models import Shut
from concord.actions.audit import audit
from concord.actions.export_evidence import export_evidence
from concord.actions.judge_file import judge_file
from concord.actions.triggers import drop_statements, install
from concord.concurrence.concur import concur
from concord.concurrence.execute import NeedsConcurrence, SignatureDoesNotHold, execute
from concord.concurrence.guards import NeedsAnotherStaffMember, NeedsOwnKey
from concord.concurrence.manifest import AGREED
from concord.concurrence.models import (
    Concurrence,
    Decision,
    Execution,
    Proposal,
    State,
    Step,
    Version,
    Warrant,
)
from concord.concurrence.propose import revise
from concord.concurrence.void import take_back
from concord.ledger.chain import chain
from concord.ledger.models import Entry
from concord.outbox.leave import leave
from concord.outbox.worker import run_due
from concord.refusals import Refused
from concord.site.cli import main
from concord.spaces.models import Post, Removal
from concord.vault.models import PersonKey
from tests.browsing import at_the_desk
from tests.cast import Cast, opened, proposed, terms_for


@dataclass
class Scene:
    """Amara proposed that Karim is out for a day; nobody has agreed. Amara tries, alone, with all she has."""

    cast: Cast
    proposal: Proposal

    @property
    def version(self) -> Version:
        return self.proposal.version

    @property
    def page(self) -> str:
        return f"/proposals/{self.proposal.id}"

    def forged(self, **changes: object) -> Concurrence:
        """The row of an agreement that nobody gave."""
        version = self.version
        said = {
            "version": version,
            "version_digest": version.digest,
            "proposer": version.proposer,
            "person": self.cast.noor.id,
            "signature": bytes(64),
            "concurred_at": self.cast.at,
        }
        return Concurrence(**{**said, **changes})

    def agreed(self) -> Concurrence:
        """Noor truly agreed, and nothing was carried out yet."""
        noor = {"by": self.cast.noor.staff, "keyring": self.cast.noor.keyring, "at": self.cast.at}
        return concur(opened(self.version, self.cast.noor, self.cast.at), **noor)

    def edited(self) -> Version:
        amara = self.cast.amara
        terms = terms_for(self.cast, act_at_once=False, reason="Something else.")
        return revise(
            self.proposal, terms=terms, by=amara.staff, keyring=amara.keyring, at=self.cast.at
        )

    def revised_by_luis(self, reason: str) -> Version:
        """The deputy puts another text in its place, in his own name."""
        luis = {"by": self.cast.luis.staff, "keyring": self.cast.luis.keyring, "at": self.cast.at}
        terms = terms_for(self.cast, act_at_once=False, reason=reason)
        return revise(self.proposal, terms=terms, **luis)

    def executes(self) -> Execution:
        amara = self.cast.amara
        return execute(self.version, by=amara.staff, keyring=amara.keyring, at=self.cast.at)


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(cast, proposed(cast, act_at_once=False))


def drop_rules() -> None:
    """Somebody who owns the database takes the rules away."""
    with connection.cursor() as cursor:
        for statement in drop_statements():
            cursor.execute(statement)


def nothing_happened(cast: Cast) -> bool:
    return (
        is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
        and not Post.objects.filter(removed=True).exists()
        and not any(table.objects.exists() for table in (Execution, Warrant, Shut, Removal))
    )


# through a door: refused, and kept


def presses_execute(scene: Scene) -> int:
    amara = at_the_desk(scene.cast.amara).open(scene.page)
    return amara.post(f"{scene.page}/execution", version=scene.version.id).status


def agrees_to_her_own(scene: Scene) -> int:
    amara = at_the_desk(scene.cast.amara).open(scene.page)
    return amara.post(f"{scene.page}/concurrence", version=scene.version.id).status


def a_stale_tab(scene: Scene) -> int:
    """Noor's page shows the first text; Amara has changed it since."""
    noor = at_the_desk(scene.cast.noor).open(scene.page)
    scene.edited()
    return noor.press("I agree").status


def agrees_without_having_opened(scene: Scene) -> int:
    noor = at_the_desk(scene.cast.noor).open("/second")
    return noor.post(f"{scene.page}/concurrence", version=scene.version.id).status


def a_replayed_yes(scene: Scene) -> int:
    """Noor's request is sent once more after she took her yes back."""
    noor = at_the_desk(scene.cast.noor).open(scene.page)
    sent = {"version": scene.version.id}
    noor.press("I agree")
    noor.open(scene.page).post(f"{scene.page}/taking-back", **sent)
    return noor.post(f"{scene.page}/concurrence", **sent).status


def executes_what_was_edited_after_the_yes(scene: Scene) -> int:
    scene.agreed()
    scene.edited()
    return presses_execute(scene)


def executes_from_a_page_of_another_text(scene: Scene) -> int:
    """Amara's page shows the text that Noor agreed to; Luis has put another in its place, and Noor agreed to that."""
    scene.agreed()
    amara = at_the_desk(scene.cast.amara).open(scene.page)
    changed_by_luis_and_agreed_to(scene)
    status = amara.press("Carry it out now").status
    assert amara.sees("The proposal was changed after you opened it.")
    assert amara.sees("A wider one.")
    return status


def makes_hers_what_was_not_on_her_page(scene: Scene) -> int:
    scene.revised_by_luis("Another one.")
    amara = at_the_desk(scene.cast.amara).open(scene.page)
    changed_by_luis_and_agreed_to(scene)
    status = amara.press("Make it my proposal").status
    assert scene.version.proposer == scene.cast.luis.id
    return status


def withdraws_what_was_not_on_her_page(scene: Scene) -> int:
    amara = at_the_desk(scene.cast.amara).open(scene.page)
    changed_by_luis_and_agreed_to(scene)
    status = amara.press("Withdraw it").status
    assert Proposal.objects.get().state == State.CONCURRED
    return status


def executes_without_having_opened(scene: Scene) -> int:
    changed_by_luis_and_agreed_to(scene)
    amara = at_the_desk(scene.cast.amara).open("/second")
    return amara.post(f"{scene.page}/execution", version=scene.version.id).status


def makes_hers_without_having_opened(scene: Scene) -> int:
    changed_by_luis_and_agreed_to(scene)
    amara = at_the_desk(scene.cast.amara).open("/second")
    return amara.post(f"{scene.page}/adoption", version=scene.version.id).status


def changed_by_luis_and_agreed_to(scene: Scene) -> None:
    scene.revised_by_luis("A wider one.")
    scene.agreed()


DOORS: list[tuple[Callable[[Scene], int], int, str, str]] = [
    (presses_execute, 403, "amara", "NeedsConcurrence"),
    (agrees_to_her_own, 403, "amara", "NeedsAnotherStaffMember"),
    (a_stale_tab, 409, "noor", "StaleVersion"),
    (agrees_without_having_opened, 409, "noor", "NeedsOpening"),
    (a_replayed_yes, 409, "noor", "StaleVersion"),
    (executes_what_was_edited_after_the_yes, 403, "amara", "NeedsConcurrence"),
    (executes_from_a_page_of_another_text, 409, "amara", "StaleVersion"),
    (executes_without_having_opened, 409, "amara", "NeedsOpening"),
    (makes_hers_what_was_not_on_her_page, 409, "amara", "StaleVersion"),
    (makes_hers_without_having_opened, 409, "amara", "NeedsOpening"),
    (withdraws_what_was_not_on_her_page, 409, "amara", "StaleVersion"),
]


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
@pytest.mark.parametrize(
    ("bypass", "status", "who", "rule"), DOORS, ids=[each[0].__name__ for each in DOORS]
)
def test_through_a_door_it_is_refused_and_the_try_is_kept(
    scene: Scene, bypass: Callable[[Scene], int], status: int, who: str, rule: str
) -> None:
    assert bypass(scene) == status
    kept = Entry.objects.filter(verb="refused", actor=getattr(scene.cast, who).id)
    assert kept.filter(facts__rule=rule).count() == 1
    assert nothing_happened(scene.cast)
    assert audit() == []


# a job by hand, a shell


def a_job_that_executes(scene: Scene) -> None:
    leave("concurrence.execute", subject=scene.proposal.id, at=scene.cast.at)


def a_job_that_verifies_what_is_not_there(scene: Scene) -> None:
    leave("actions.verify", subject=scene.proposal.id, at=scene.cast.at)


@pytest.mark.clauses("R-CONCUR-1")
@pytest.mark.parametrize("job", [a_job_that_executes, a_job_that_verifies_what_is_not_there])
def test_a_job_written_by_hand_fails_aloud_and_changes_nothing(
    scene: Scene, job: Callable[[Scene], None], caplog: pytest.LogCaptureFixture
) -> None:
    job(scene)
    run_due(at=scene.cast.later(minutes=1))
    assert "job failed" in caplog.text
    assert nothing_happened(scene.cast)


@pytest.mark.clauses("R-CONCUR-1")
def test_in_a_shell_the_verbs_ask_the_same(scene: Scene) -> None:
    cast, at = scene.cast, scene.cast.at
    opened(scene.version, cast.amara, at)
    with pytest.raises(NeedsAnotherStaffMember):
        concur(scene.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)
    opened(scene.version, cast.noor, at)
    with pytest.raises(NeedsOwnKey):
        concur(scene.version, by=cast.noor.staff, keyring=cast.amara.keyring, at=at)
    with pytest.raises(Refused):
        scene.executes()
    assert nothing_happened(cast)


IN_A_SHELL = """
from django.utils import timezone
from concord.concurrence.execute import execute
from concord.concurrence.models import Proposal
from concord.people.models import StaffMember
proposal = Proposal.objects.get()
class NoKey: holder = proposal.version.proposer
execute(proposal.version, by=StaffMember.objects.get(person=NoKey.holder), keyring=NoKey, at=timezone.now())
"""


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
def test_that_a_shell_was_opened_and_what_it_was_refused_is_kept(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("SUDO_UID", "1234")
    with pytest.raises(NeedsConcurrence):
        call_command("shell", command=IN_A_SHELL, verbosity=0)
    assert nothing_happened(scene.cast)
    opened_one, refused = Entry.objects.order_by("-id")[:2][::-1]
    assert (opened_one.verb, opened_one.actor) == ("site.open_shell", None)
    facts = {"kind": "python", "system_user": os.getuid(), "from_user": 1234}
    assert opened_one.facts == facts
    assert (refused.verb, refused.facts["rule"]) == ("refused", "NeedsConcurrence")
    assert audit() == []
    assert main(["audit"]) == 0
    assert "a shell was opened on the server 1 times, last on" in capsys.readouterr().out
    chain()
    export_evidence(tmp_path / "evidence.jsonl", at=scene.cast.later(minutes=2))
    assert judge_file(tmp_path / "evidence.jsonl").shells == 1


# straight into the database


def her_own_agreement(scene: Scene) -> None:
    scene.forged(person=scene.cast.amara.id).save()


def a_yes_of_somebody_who_never_opened_it(scene: Scene) -> None:
    scene.forged().save()


def a_yes_to_an_older_text(scene: Scene) -> None:
    first = scene.version
    opened(first, scene.cast.noor, scene.cast.at)
    scene.edited()
    scene.forged(version=first, version_digest=first.digest).save()


def a_yes_moved_to_the_newer_text(scene: Scene) -> None:
    agreed = scene.agreed()
    newer = scene.edited()
    Concurrence.objects.filter(id=agreed.id).update(version=newer, version_digest=newer.digest)


def a_void_yes_made_to_stand(scene: Scene) -> None:
    agreed = scene.agreed()
    take_back(agreed, by=scene.cast.noor.staff, at=scene.cast.at)
    Concurrence.objects.filter(id=agreed.id).update(voided_at=None)


def a_taken_back_yes_written_anew(scene: Scene) -> None:
    agreed = take_back(scene.agreed(), by=scene.cast.noor.staff, at=scene.cast.at)
    scene.forged(signature=agreed.signature).save()


def an_execution_of_nothing(scene: Scene) -> None:
    Execution.objects.create(concurrence=None, executed_at=scene.cast.at)


def an_execution_of_a_void_yes(scene: Scene) -> None:
    agreed = take_back(scene.agreed(), by=scene.cast.noor.staff, at=scene.cast.at)
    Execution.objects.create(concurrence=agreed, executed_at=scene.cast.at)


def an_execution_before_the_yes(scene: Scene) -> None:
    before = scene.cast.at - timedelta(minutes=1)
    Execution.objects.create(concurrence=scene.agreed(), executed_at=before)


def a_warrant_for_what_was_not_in_the_text(scene: Scene) -> None:
    made = Execution.objects.create(concurrence=scene.agreed(), executed_at=scene.cast.at)
    tomas = scene.cast.tomas.person_id
    said = {"kind": "revoke", "target": tomas, "scope_kind": "all", "commitment": "0" * 64}
    Warrant.objects.create(execution=made, **said)


def a_step_added_to_the_text(scene: Scene) -> None:
    Step.objects.create(
        version=scene.version, position=9, commitment="0" * 64, target_token=bytes(16)
    )


def a_changed_text(scene: Scene) -> None:
    manifest = {**json.loads(scene.version.manifest), "act_at_once": True}
    Version.objects.update(manifest=json.dumps(manifest))


def a_shut_without_a_warrant(scene: Scene) -> None:
    karim = scene.cast.karim.person
    Shut.objects.create(person=karim, scope_kind="all", warrant=uuid4(), since_at=scene.cast.at)


def a_removal_without_a_warrant(scene: Scene) -> None:
    post = Post.objects.filter(registration=scene.cast.karim).get()
    Removal.objects.create(post=post, warrant=uuid4(), removed_at=scene.cast.at, sealed=b"")


def a_post_emptied(scene: Scene) -> None:
    Post.objects.filter(registration=scene.cast.karim).update(text="", removed=True)


def replace_key(scene: Scene, key: SigningKey | None = None) -> None:
    public = bytes((key or SigningKey.generate()).verify_key)
    PersonKey.objects.filter(holder=scene.cast.noor.id).update(signing_public=public)


ROWS = [
    replace_key,
    her_own_agreement,
    a_yes_of_somebody_who_never_opened_it,
    a_yes_to_an_older_text,
    a_yes_moved_to_the_newer_text,
    a_void_yes_made_to_stand,
    a_taken_back_yes_written_anew,
    an_execution_of_nothing,
    an_execution_of_a_void_yes,
    an_execution_before_the_yes,
    a_warrant_for_what_was_not_in_the_text,
    a_step_added_to_the_text,
    a_changed_text,
    a_shut_without_a_warrant,
    a_removal_without_a_warrant,
    a_post_emptied,
]


@pytest.mark.clauses("R-CONCUR-1")
@pytest.mark.parametrize("writes", ROWS)
def test_a_row_written_past_the_verbs_is_refused_by_the_database(
    scene: Scene, writes: Callable[[Scene], None]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        writes(scene)
    assert nothing_happened(scene.cast)
    assert audit() == []


# a forger whom no trigger can see


def a_forged_signature(scene: Scene) -> UUID:
    """Noor opened it; somebody writes the row of a yes that she did not give."""
    opened(scene.version, scene.cast.noor, scene.cast.at)
    return _stands(scene, scene.forged(signature=b"x" * 64))


def a_replaced_public_key(scene: Scene) -> UUID:
    """The forger owns the database, puts a key of their own in the place of Noor's, and signs with it."""
    opened(scene.version, scene.cast.noor, scene.cast.at)
    key = SigningKey.generate()
    drop_rules()
    replace_key(scene, key)
    install()
    signed = key.sign(AGREED + scene.version.digest.encode()).signature
    return _stands(scene, scene.forged(signature=signed))


def _stands(scene: Scene, forged: Concurrence) -> UUID:
    forged.save()
    Proposal.objects.filter(id=scene.proposal.id).update(state=State.CONCURRED)
    return forged.id


FORGERIES = [
    (a_forged_signature, {"an agreement whose signature does not hold"}),
    (a_replaced_public_key, {"a key that the ledger does not know so"}),
]


@pytest.mark.clauses("R-CONCUR-1", "I-PROC-1")
@pytest.mark.parametrize(("forges", "shown"), FORGERIES)
def test_a_forged_yes_is_shown_by_the_audit_and_never_carried_out(
    scene: Scene, forges: Callable[[Scene], UUID], shown: set[str]
) -> None:
    forges(scene)
    assert {finding.what for finding in audit()} >= shown
    with pytest.raises(SignatureDoesNotHold):
        scene.executes()
    assert presses_execute(scene) == 409
    kept = Entry.objects.filter(verb="refused", actor=scene.cast.amara.id)
    assert kept.filter(facts__rule="SignatureDoesNotHold").count() == 1
    assert nothing_happened(scene.cast)


@pytest.mark.clauses("R-CONCUR-1")
def test_an_effect_forged_by_whoever_took_the_rules_away_is_shown(
    scene: Scene,
) -> None:
    drop_rules()
    a_shut_without_a_warrant(scene)
    a_post_emptied(scene)
    assert {finding.what for finding in audit()} == {
        "a rule of the database is missing",
        "a person shut out without a warrant",
        "a post removed without a warrant",
    }
    Shut.objects.all().delete()
    Post.objects.update(removed=False)
    install()
    assert not Decision.objects.exists()
