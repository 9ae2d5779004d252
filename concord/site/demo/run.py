"""run: make the throw-away event, let people talk in it, and serve it until it is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.utils import timezone

from concord.site.commands import CannotGoOn
from concord.site.commands.migrate import bring_up_to_date
from concord.site.demo import seating, second_factors
from concord.site.demo.bystanders import talk
from concord.site.demo.listener import listener, session_for
from concord.site.demo.plant import Planted, plant
from concord.site.demo.post_box import post_box
from concord.site.demo.tempo import BadTempo, Turn, built_in, from_rows, read_tempo
from concord.site.serving import listen, serve

HOST = "127.0.0.1"


def run(*, port: int, tempo: Path | None, say: Callable[[str], None]) -> None:
    """Plant and serve. Raises CannotGoOn for a bad tempo file, OSError for a port that is taken."""
    began = time.monotonic()
    turns = _turns(tempo)
    listen(HOST, port).close()  # said before any work is done, if another one serves there
    say("A live event is being set up, in a folder of its own that is thrown away at the end …")
    bring_up_to_date()
    post_box.open()
    planted = plant(post_box, at=timezone.now())
    _give_second_factors(planted)
    seating.lay(planted)
    connection.close()
    stopping = threading.Event()
    _start(talk, planted, turns, stopping=stopping)
    session = session_for(planted.people["Tomas"].person.logins.get())
    _start(listener.run, planted.hall, session, port=port, stopping=stopping)
    connection.close()
    say(f"Ready after {time.monotonic() - began:.0f} seconds. Open this and choose a seat:\n")
    say(f"    http://localhost:{port}\n")
    say(
        "in Chrome, Chromium, Edge or Firefox on this machine. Ctrl+C ends it and throws the event away."
    )
    try:
        serve(HOST, port)
    finally:
        stopping.set()


def _turns(tempo: Path | None) -> Iterator[Turn]:
    try:
        return from_rows(read_tempo(tempo)) if tempo else built_in()
    except BadTempo as error:
        raise CannotGoOn(str(error)) from error


def _give_second_factors(planted: Planted) -> None:
    for handle, member in planted.team.items():
        secret = generate_totp_secret()
        TOTP.activate(member.login, secret)
        second_factors.keep(handle, secret)


def _start(act: Callable[..., None], *things: object, **more: object) -> None:
    threading.Thread(target=act, args=things, kwargs=more, daemon=True).start()
