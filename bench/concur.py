"""How soon a second yes can come, and how soon it takes hold: what the machine takes, never what people take.

Two installs run beside each other, on SQLite and on PostgreSQL, and take turns. In each a coordinator proposes, and
eight colleagues are asked by letter, push and the host's gateway, each to a real socket that notes the moment. Then
one of them agrees; the effect is everywhere once the message is gone from every open stream, the person's own streams
are closed, and each step has been verified. How many taps a locked phone takes is no time: a browser story counts it.
"""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, progress

if TYPE_CHECKING:
    from concord.convenings.models import Convening
    from concord.people.models import StaffMember
    from concord.site.rehearse.own_server import OwnServer
    from concord.site.rehearse.world import World

CHECKOUT = Path(__file__).resolve().parent.parent
COLLEAGUES = 8
LISTENING = {"Tomas": "tomas", "Lin": "lin", "Salma": "salma", "Awa": "awa"}
STREAMS_EACH = 3
ENGINES = ("sqlite", "postgresql")
PATIENCE = 30.0


def main() -> None:
    """Let both installs take turns, then compare with the limits."""
    asked = arguments(__doc__ or "")
    rounds = 3 if asked.quick else max(asked.rounds, 5)
    workload = {
        "colleagues": COLLEAGUES,
        "channels": 3,
        "streams": STREAMS_EACH * len(LISTENING),
        "rounds": rounds,
    }
    answer = Answer("concur", workload)
    with ExitStack() as open_until_the_end:
        sides = start(open_until_the_end)
        turns: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
        for number in range(rounds):
            for name, side in sides.items():
                turns[name].append(side.turn())
                progress(f"round {number + 1}, {name}: {turns[name][-1]}")
    for name, found in turns.items():
        told, held = ([turn[each] for turn in found] for each in ("told", "held"))
        answer.require(f"submit_to_last_notice_s_{name}", median(told), at_most=2.0)
        answer.require(f"agreed_to_verified_everywhere_s_{name}", median(held), at_most=1.0)
        answer.figures[f"slowest_last_notice_s_{name}"] = max(told)
        answer.figures[f"slowest_verified_s_{name}"] = max(held)
    answer.figures["notices_each"] = COLLEAGUES * 3
    answer.print(as_json=asked.json)


def start(open_until_the_end: ExitStack) -> dict[str, Side]:
    """Both installs, each in a process of its own: an install's settings are read once."""
    from tests.postgresql import running

    urls = {"sqlite": "", "postgresql": open_until_the_end.enter_context(running())}
    sides = {name: Side(urls[name]) for name in ENGINES}
    for name, side in sides.items():
        open_until_the_end.callback(side.close)
        side.wait_until_ready()
        progress(f"{name}: people are in, streams are open")
    return sides


class Side:
    """One install, played by a child process that is told when it is its turn."""

    def __init__(self, url: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, __file__, "--play", url],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        self._answer()

    def turn(self) -> dict[str, float]:
        assert self._child.stdin is not None
        self._child.stdin.write("turn\n")
        self._child.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Its folder goes with it."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(20)
        self._child.kill()

    def _answer(self) -> dict[str, float]:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, "the install ended before its turn"
        found: dict[str, float] = json.loads(line)
        return found


# Those outside, who note when something was handed to them ------------------------------------------


class Arrivals:
    """To whom something was handed over, and when."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._found: list[tuple[str, float]] = []

    def note(self, who: str) -> None:
        with self._news:
            self._found.append((who, time.monotonic()))
            self._news.notify_all()

    def last_of(self, wanted: set[str], *, after: float) -> float:
        """When the last of them was reached for the first time after a moment."""

        def first() -> dict[str, float]:
            found: dict[str, float] = {}
            for who, at in self._found:
                if at > after and who in wanted:
                    found.setdefault(who, at)
            return found

        with self._news:
            assert self._news.wait_for(lambda: first().keys() == wanted, PATIENCE), (
                f"nobody reached {wanted - first().keys()}"
            )
            return max(first().values())


def mail_server(arrivals: Arrivals, folder: Path) -> int:
    """Takes every letter over SMTP and keeps it as a file, as the rehearsal reads them. Returns its port."""

    class Conversation(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            self._say("220 bench")
            to = ""
            for line in self.rfile:
                word = line[:4].upper()
                if word == b"DATA":
                    self._say("354 go on")
                    self._keep(to)
                elif word == b"RCPT":
                    to = line.decode().split("<")[1].split(">")[0]
                self._say("221 bye" if word == b"QUIT" else "250 yes")
                if word == b"QUIT":
                    return

        def _keep(self, to: str) -> None:
            lines = []
            for line in self.rfile:
                if line == b".\r\n":
                    break
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            letter = b"".join(lines).replace(b"\r\n", b"\n") + b"-" * 79 + b"\n"
            (folder / f"{time.monotonic_ns()}.log").write_bytes(letter)
            arrivals.note(to)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    return _serve(Server(("127.0.0.1", 0), Conversation))


def notice_services(arrivals: Arrivals) -> int:
    """The browsers' push service, where each path is a browser, and the host's gateway. Returns the port."""

    class Asked(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            arrivals.note(json.loads(body)["to"] if body else self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    return _serve(server)


def _serve(server: socketserver.TCPServer) -> int:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


# The play --------------------------------------------------------------------------------------------


def play(url: str) -> None:
    """Set an install up, and take a turn whenever a line comes in."""
    from concord.site.rehearse.own_server import OwnServer
    from concord.site.rehearse.timeline import Timeline

    arrivals = Arrivals()
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder, "secret")
        secret.write_text("s" * 32)
        mails = Path(folder, "mails")
        mails.mkdir()
        strangers = notice_services(arrivals)
        more = {"DATABASE_URL": url} if url else {}
        server = OwnServer(
            DJANGO_SETTINGS_MODULE="bench.concur_settings",
            PYTHONPATH=os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]),
            CONCORD_MAIL_HOST="127.0.0.1",
            CONCORD_MAIL_PORT=str(mail_server(arrivals, mails)),
            CONCORD_WEBHOOK_URL=f"http://127.0.0.1:{strangers}/",
            CONCORD_WEBHOOK_SECRET_FILE=str(secret),
            **more,
        )
        try:
            import django

            django.setup()
            event = Event(server, Timeline(lambda stage: None), arrivals, mails, strangers)
            print(json.dumps({}), flush=True)
            for _line in sys.stdin:
                print(json.dumps(event.turn()), flush=True)
        except BaseException:
            print(server.log()[-2_000:], file=sys.stderr)
            raise
        finally:
            server.remove()


class Event:
    """The event on one install: who is asked, who listens, and whose turn it is to write."""

    def __init__(
        self,
        server: OwnServer,
        timeline: Any,
        arrivals: Arrivals,
        mails: Path,
        strangers: int,
    ) -> None:
        from concord.site.rehearse.mailbox import Mailbox
        from concord.site.rehearse.scenes import set_the_stage

        self.arrivals, self.wanted = arrivals, set[str]()
        with Planting(server) as really_start:
            world = set_the_stage(server, timeline)
            self._ask_many(world, strangers)
            really_start()
        world.mailbox = Mailbox(mails)
        self.world = world
        self._come_in(world)

    def turn(self) -> dict[str, float]:
        """Somebody new writes, it is flagged and proposed, a colleague agrees. Seconds of each wait."""
        from concord.monitoring.models import Flag
        from concord.site.rehearse import deciding
        from concord.site.rehearse.arriving import enter_hall, sign_in_by_code
        from concord.site.rehearse.stream import Stream
        from concord.site.rehearse.world import let_go, write_post
        from concord.spaces.models import Post

        world, who = self.world, self.authors.pop()
        sign_in_by_code(world, who, f"{who.lower()}@participant.example")
        enter_hall(world, who)
        hall, port = world.planted.hall.stream, world.server.port
        own = [Stream(world.browser(who), hall, port=port) for _ in range(STREAMS_EACH)]
        write_post(world.browser(who), world.hall_path, f"Nobody asked you to come. {who}")
        post = Post.objects.filter(registration=world.planted.people[who]).latest("number").id
        deciding.flag(world.browser("Ana"), world.public("flag_post", post))
        flag = Flag.objects.get(post=post)
        let_go()
        page = deciding.drafted(world, deciding.take_up(world, flag))
        began = time.monotonic()
        world.proposal_path = deciding.ask(world, page)
        told = self.arrivals.last_of(self.wanted, after=began) - began
        held = self._agreed(str(post), own)
        let_go()
        return {"told": round(told, 3), "held": round(held, 3)}

    def _agreed(self, post: str, own: list[Any]) -> float:
        from concord.concurrence.models import Warrant
        from concord.site.rehearse.world import opened

        world = self.world
        luis = world.browser("Luis")
        page = opened(luis.get(world.proposal_path), "Luis cannot open the proposal")
        form = page.form("version", to="/concurrence")
        steps = Warrant.objects.filter(
            execution__concurrence__version__proposal=world.proposal, verified_at__isnull=False
        )
        verified = _when(lambda: steps.filter(kind="delete").exists() and steps.count() == 2)
        began, wall = time.monotonic(), time.time()
        opened(luis.submit(page, form), "agreeing failed")
        seen = [stream.wait_for("removed", id=post).at for stream in self.listeners]
        ended = [stream.wait_until_ended() for stream in own]
        return max(verified() - began, max(seen + ended) - wall)

    def _ask_many(self, world: World, strangers: int) -> None:
        """Colleagues on call, each with a mailbox, a browser that is told, and a number at the gateway."""
        from django.conf import settings
        from django.utils import timezone

        from concord.people.bring_in import bring_in
        from concord.people.models import Role, StaffMember
        from concord.people.plan_shift import plan_shift
        from concord.site.rehearse.world import let_go

        settings.CONCORD_PUSH_HOSTS = ["127.0.0.1"]
        at, team = timezone.now(), world.planted.team
        lead = team["amara"].staff
        for number in range(COLLEAGUES - 2):
            new = bring_in(
                working_name=f"Colleague {number}",
                handle=f"colleague{number}",
                role=Role.STAFF,
                languages=["en"],
                is_lead=False,
                countersigner=team["luis"].keyring,
                by=lead,
                at=at,
            ).staff
            plan_shift(new, convening=None, starts_at=at, ends_at=_later(at), by=lead, at=at)
        people = StaffMember.objects.who_may_concur(at).exclude(
            person__in=[lead.person_id, team["ravi"].staff.person_id]
        )
        for staff in people:
            self.wanted |= _reached(staff, world.planted.convening, strangers, at=at)
        assert len(self.wanted) == COLLEAGUES * 3, self.wanted
        let_go()

    def _come_in(self, world: World) -> None:
        from concord.site.demo import script
        from concord.site.rehearse.arriving import enter_hall, sign_in_by_code, staff_sign_in
        from concord.site.rehearse.stream import Stream

        staff_sign_in(world)
        people = {who: f"{name}@participant.example" for who, name in LISTENING.items()}
        for who, address in ({"Ana": script.ANA[1]} | people).items():
            sign_in_by_code(world, who, address)
            enter_hall(world, who)
        self.authors = [name for name in script.BYSTANDERS if name not in LISTENING]
        hall, port = world.planted.hall.stream, world.server.port
        self.listeners = [
            Stream(world.browser(who), hall, port=port)
            for who in LISTENING
            for _ in range(STREAMS_EACH)
        ]


class Planting:
    """Plant everything before the server starts: it then has the data to itself."""

    def __init__(self, server: OwnServer) -> None:
        self._server, self._start = server, server.start

    def __enter__(self) -> Callable[[], None]:
        self._server.start = lambda: None  # type: ignore[method-assign]
        return self._start

    def __exit__(self, *_why: object) -> None:
        self._server.start = self._start  # type: ignore[method-assign]


def _reached(staff: StaffMember, event: Convening, strangers: int, *, at: Any) -> set[str]:
    """Give them a mailbox and a browser; under which names notices to them arrive.

    They take part in the event as well: the mailbox of somebody who is registered nowhere is forgotten.
    """
    from concord.convenings.register import register
    from concord.monitoring.reach_by_push import reach_by_push
    from concord.monitoring.webhook import number_of
    from tests.cast import login_by_mailbox

    name = staff.working_name.lower().replace(" ", "")
    login = login_by_mailbox(f"{name}@team.example")
    type(login).objects.filter(id=login.id).update(person=staff.person_id)
    register(event, person=staff.person, display_name=staff.working_name, at=at)
    path = f"/push/{name}"
    reach_by_push(staff, endpoint=f"http://127.0.0.1:{strangers}{path}", at=at)
    return {f"{name}@team.example", path, number_of(staff.person_id)}


def _later(at: Any) -> Any:
    from datetime import timedelta

    return at + timedelta(hours=12)


def _when(holds: Callable[[], bool]) -> Callable[[], float]:
    """Look again and again in a thread of its own; what is returned waits, and says when it began to hold."""
    found: list[float] = []

    def look() -> None:
        from django.db import connection

        limit = time.monotonic() + PATIENCE
        while not found and time.monotonic() < limit:
            if holds():
                found.append(time.monotonic())
            time.sleep(0.004)
        connection.close()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()

    def wait() -> float:
        thread.join(PATIENCE)
        assert found, "the steps were not verified"
        return found[0]

    return wait


if __name__ == "__main__":
    if sys.argv[1:2] == ["--play"]:
        play(sys.argv[2])
    else:
        main()
