"""Scenes of cheating: every way round the second person, tried for real."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from uuid import uuid4

from django.utils import timezone

from concord.access.models import Shut
from concord.concurrence.models import Concurrence, Execution, State
from concord.ledger.models import Entry
from concord.site.rehearse.timeline import promise
from concord.site.rehearse.world import World, id_in, let_go, opened
from concord.spaces.models import Post

ALONE = """
import os
from django.utils import timezone
from concord.concurrence.execute import execute
from concord.concurrence.models import Proposal
from concord.people.models import StaffMember
from concord.refusals import Refused
from concord.vault import keys
staff = StaffMember.objects.get(working_name="Amara")
keyring = keys.unlock(staff.person_id, os.environ["REHEARSED_PASSPHRASE"])
try:
    proposal = Proposal.objects.get(id=os.environ["REHEARSED_PROPOSAL"])
    execute(proposal.version, by=staff, keyring=keyring, at=timezone.now())
except Refused as refused:
    print("refused:", refused.rule)
"""


def alone_by_page(world: World) -> None:
    """The page of the proposer offers no way to carry it out, nor to agree."""
    page = opened(world.browser("Amara").get(world.proposal_path), "the proposal does not open")
    for name in ("execute", "agree"):
        address = world.desk(name, id_in(world.proposal_path))
        promise(address not in page.text, f"the page offers {address}")


def alone_by_http(world: World) -> None:
    """The very requests, with the proposer's own open keys: refused in words, and kept in the ledger."""
    amara = world.browser("Amara")
    token = opened(amara.get(world.proposal_path), "the proposal does not open")
    sent = dict(token.form(to="/withdrawal").fields)
    sent["version"] = str(world.proposal.version.id)
    let_go()
    for name, rule in (("execute", "NeedsConcurrence"), ("agree", "NeedsAnotherStaffMember")):
        page = amara.post(world.desk(name, id_in(world.proposal_path)), sent)
        promise(page.status == 403, f"{name} was answered by {page.status}")
        kept = Entry.objects.filter(verb="refused", facts__rule=rule).count()
        promise(kept == 1, f"the refusal {rule} has {kept} entries in the ledger")
    nothing_happened(world)


def alone_by_command_line(world: World) -> None:
    """From a shell on the server, with the proposer's passphrase: the verb itself refuses."""
    done = world.server.shell(
        ALONE,
        REHEARSED_PASSPHRASE=world.planted.team["amara"].passphrase,
        REHEARSED_PROPOSAL=str(world.proposal.id),
    )
    promise("refused: NeedsConcurrence" in done.stdout, f"a shell could: {done.stderr[-300:]}")
    nothing_happened(world)


def alone_by_sql(world: World) -> None:
    """By direct inserts: an agreement with oneself, an execution of nothing, a shut without a warrant."""
    version = world.proposal.version
    karim = world.planted.people["Karim"].person_id
    nobody = world.planted.team["luis"].staff.person_id
    let_go()
    moment = timezone.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    me = version.proposer.hex
    agreement = (
        "INSERT INTO concurrence_concurrence (id, version_id, version_digest, proposer, person, "
        "signature, concurred_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    execution = (
        "INSERT INTO concurrence_execution (id, concurrence_id, prior_decision_id, executed_by, "
        "executed_at) VALUES (?, ?, NULL, ?, ?)"
    )
    shut = (
        "INSERT INTO access_shut (id, person_id, scope_kind, scope_id, warrant, since_at) "
        "VALUES (?, ?, 'all', NULL, ?, ?)"
    )
    digest, key = version.digest, version.id.hex
    tries = {
        "an agreement with herself": (
            agreement,
            (uuid4().hex, key, digest, me, me, b"x" * 64, moment),
        ),
        "an agreement by somebody who never opened it": (
            agreement,
            (uuid4().hex, key, digest, me, nobody.hex, b"x" * 64, moment),
        ),
        "an execution of nothing": (execution, (uuid4().hex, uuid4().hex, me, moment)),
        "a shut without a warrant": (shut, (uuid4().hex, karim.hex, uuid4().hex, moment)),
    }
    for what, (statement, values) in tries.items():
        promise(is_refused(world, statement, values), f"the database took {what}")
    nothing_happened(world)


def is_refused(world: World, statement: str, values: tuple[object, ...]) -> bool:
    """Whether the database refuses a statement that somebody with the file in hand runs."""
    with closing(sqlite3.connect(world.server.database, timeout=10)) as database:
        try:
            database.execute(statement, values)
        except sqlite3.IntegrityError:
            return True
        database.rollback()
        return False


def nothing_happened(world: World) -> None:
    """Nobody was shut out, nothing was removed, and the proposal still waits."""
    promise(not Shut.objects.exists(), "somebody was shut out")
    promise(not Execution.objects.exists(), "something was carried out")
    promise(not Concurrence.objects.exists(), "somebody agreed")
    promise(not Post.objects.filter(removed=True).exists(), "the message was removed")
    promise(world.proposal.state == State.PROPOSED, "the proposal does not wait any more")
    let_go()
