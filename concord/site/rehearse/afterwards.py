"""Scenes of afterwards: it keeps holding, it stays narrow, and anybody can check that two people decided."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from uuid import uuid4

from django.utils import timezone

from concord.access.models import Shut
from concord.actions.triggers import drop_statements, install
from concord.concurrence.models import Decision
from concord.evasion.models import Match
from concord.people.addresses import mailbox_token
from concord.people.models import Login
from concord.site.demo import script
from concord.site.demo.seats import AGAIN, KARIMA
from concord.site.rehearse.arriving import enter_hall, read_and_confirm, register_by_code
from concord.site.rehearse.stream import Stream
from concord.site.rehearse.timeline import promise
from concord.site.rehearse.world import World, let_go, opened, write_post
from concord.spaces.models import Post


def next_post_is_refused(world: World) -> None:
    """Neither the page nor a post nor a stream opens to him; the words tell nothing."""
    karim = world.browser("Karim")
    page = karim.get(world.hall_path)
    promise(page.status == 403, f"the room answered {page.status}")
    token = world.browser("Karim").get(world.public("policy"))
    fields = {"text": "One more thing.", "csrfmiddlewaretoken": _csrf(world)}
    refused = karim.post(world.public("post", world.planted.hall.id), fields)
    promise(refused.status == 403, f"his next post was answered by {refused.status}")
    promise("One more thing." in refused.text, "what he typed was lost")
    promise(token.status == 200, "he can no longer read the policy")
    stream = Stream(karim, world.planted.hall.stream, port=world.server.port)
    promise(stream.status == 404, f"his new stream was answered by {stream.status}")
    promise(not Post.objects.filter(text="One more thing.").exists(), "his next post was taken")
    told = world.mailbox.wait_for(script.KARIM[1], after=1)
    promise("Ana" not in told.body, "the notice names whom it was about")
    let_go()


def return_is_refused(world: World) -> None:
    """A new login with an alias of his mailbox: shut out under the id of the prior decision."""
    page = register_by_code(world, "Karim again", "A new face", AGAIN.address)
    if page.status == 200:
        page = read_and_confirm(world.browser("Karim again"), page)
        page = read_and_confirm(
            world.browser("Karim again"), world.browser("Karim again").get(world.hall_path)
        )
    promise(page.status == 403, f"the return was answered by {page.status} at {page.path}")
    person = Login.objects.get(mailbox_token=mailbox_token(AGAIN.address)).person
    match = Match.objects.get(person=person)
    first = Decision.objects.get()
    promise(match.decision_id == first.id, "the return was not acted on under the prior decision")
    shut = Shut.objects.get(person=person)
    prior = Shut.objects.exclude(person=person).get()
    promise(
        (shut.scope_kind, shut.scope_id, shut.until_at)
        == (prior.scope_kind, prior.scope_id, prior.until_at),
        "the return was acted on more widely or for longer than decided",
    )
    world.timeline.note(f"under decision {first.code}, its scope and its end")
    let_go()


def similar_name_is_admitted(world: World) -> None:
    """A colleague with nearly the same name and address registers, enters and writes."""
    page = register_by_code(world, "Karima", "Karima Haddad", KARIMA.address)
    read_and_confirm(world.browser("Karima"), opened(page, "Karima cannot register"))
    enter_hall(world, "Karima")
    opened(
        write_post(world.browser("Karima"), world.hall_path, "Hello from Rabat."),
        "she cannot write",
    )
    promise(Post.objects.filter(text="Hello from Rabat.").exists(), "her post was not taken")
    person = Login.objects.get(mailbox_token=mailbox_token(KARIMA.address)).person
    promise(not Match.objects.filter(person=person).exists(), "she was taken for somebody else")
    let_go()


def audit_is_clean(world: World) -> None:
    """`concord audit` and `concord ledger verify` find nothing."""
    for command in (("audit",), ("ledger", "verify")):
        done = world.server.command(*command)
        promise(done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}")


def audit_finds_a_forged_row(world: World) -> None:
    """A database owner drops the rules, shuts somebody out alone and puts the rules back: the audit shows it."""
    somebody = world.planted.people["Tomas"].person_id
    moment = timezone.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(world.server.database, timeout=10)) as database:
        for statement in drop_statements():
            database.execute(statement)
        database.execute(
            "INSERT INTO access_shut (id, person_id, scope_kind, scope_id, warrant, since_at) "
            "VALUES (?, ?, 'all', NULL, ?, ?)",
            (uuid4().hex, somebody.hex, uuid4().hex, moment),
        )
        database.commit()
    install()
    let_go()
    done = world.server.command("audit")
    promise(done.returncode == 1, "the audit did not notice a forged row")
    promise("without a warrant" in done.stdout, f"the audit says something else: {done.stdout}")


def _csrf(world: World) -> str:
    """The token of his session, from a page that still opens to him."""
    page = world.browser("Karim").get(world.public("sign_in"))
    return dict(page.form("address").fields)["csrfmiddlewaretoken"]
