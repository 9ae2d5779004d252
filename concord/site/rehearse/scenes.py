"""The scenes of the play, in order. Each raises Broken when a promise does not hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from concord.site.commands.migrate import bring_up_to_date
from concord.site.demo.plant import plant
from concord.site.demo.post_box import PostBox
from concord.site.rehearse import afterwards, arriving, cheating, deciding
from concord.site.rehearse.mailbox import Mailbox
from concord.site.rehearse.own_server import OwnServer
from concord.site.rehearse.timeline import Timeline
from concord.site.rehearse.world import World, let_go
from concord.vault.environment import make_key_file

Scene = Callable[[World], None]

SCENES: list[tuple[str, Scene]] = [
    ("participants come in by mailed code and read the guidelines", arriving.participants_arrive),
    ("staff sign in by passphrase and second factor", arriving.staff_sign_in),
    ("streams open to those in the room only", arriving.streams_open),
    ("a message is posted and reaches a bystander", deciding.message_is_posted),
    ("it is flagged", deciding.message_is_flagged),
    ("the flag needs action; a case opens", deciding.case_is_opened),
    (
        "a recused colleague and the keeper of the machines find nothing",
        deciding.colleague_is_shut_out_of_it,
    ),
    ("a coordinator proposes", deciding.proposal_is_made),
    ("carried out alone: refused by page", cheating.alone_by_page),
    ("carried out alone: refused by HTTP, and logged", cheating.alone_by_http),
    ("carried out alone: refused by command line", cheating.alone_by_command_line),
    ("carried out alone: refused by direct insert", cheating.alone_by_sql),
    ("a colleague agrees; gone from every open screen", deciding.colleague_agrees),
    ("every step was done once and verified", deciding.steps_are_verified),
    ("the next post is refused, and every stream", afterwards.next_post_is_refused),
    ("a return under an alias is refused under the prior decision", afterwards.return_is_refused),
    ("a colleague with a similar name is admitted", afterwards.similar_name_is_admitted),
    (
        "killed between agreement and effect: done once after the restart",
        deciding.effect_survives_a_kill,
    ),
    ("the audit is clean", afterwards.audit_is_clean),
    ("the audit finds a forged row", afterwards.audit_finds_a_forged_row),
]


def set_the_stage(server: OwnServer, timeline: Timeline) -> World:
    """Set an install up in the server's folder, plant the event through the verbs, start the server."""
    make_key_file(Path(settings.CONCORD_KEY_FILE))
    bring_up_to_date()
    post_box = PostBox()
    post_box.open()
    planted = plant(post_box, at=timezone.now())
    let_go()
    server.start()
    return World(server, timeline, planted, Mailbox(server.home / "mails"))
