"""How much it costs to tell a room: our hub beside a bare broadcast of the same bytes.

Two servers run at once, each in a process of its own: ours as it is served, and a bare uvloop
protocol that writes every post to every socket. One light client holds all listeners of both and
measures every delivery; the servers take turns.
"""

from __future__ import annotations

import json
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, percentile, progress
from concord.live.hub import encode
from concord.site.serving import Server, listen, raise_file_limit

POST_BYTES = 300
STEADY_RATE = 5
FLOOD = 250_000
"""Deliveries a second that a flood offers: more than a bare broadcast carries on one core."""
MARK = b"~"
STAMP = re.compile(rb"~(\d{19})")
STREAM = "room:bench"
SIDES = ("hub", "bare")


def main() -> None:
    """Measure each number of listeners, then compare with the targets."""
    asked = arguments(__doc__ or "")
    raise_file_limit()
    crowds = [500, 2_000, 5_000]
    seconds = {"steady": 1.6, "flood": 0.5} if asked.quick else {"steady": 4.0, "flood": 1.5}
    answer = Answer("stream", {"listeners": crowds, "rounds": asked.rounds, **seconds})
    for crowd in crowds:
        measure(answer, crowd, rounds=asked.rounds, seconds=seconds)
    answer.print(as_json=asked.json)


def measure(answer: Answer, crowd: int, *, rounds: int, seconds: dict[str, float]) -> None:
    """Connect the crowd to both servers, then let them take turns."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {name: Side(name, folder) for name in SIDES}
        try:
            for side in sides.values():
                side.fill(crowd)
            progress(f"{crowd} listeners on each side")
            turns = take_turns(sides, rounds=rounds, seconds=seconds)
            compare(answer, crowd, turns, sides["hub"])
        finally:
            for side in sides.values():
                side.close()


Turns = dict[tuple[str, str], list["Turn"]]


def take_turns(sides: dict[str, Side], *, rounds: int, seconds: dict[str, float]) -> Turns:
    """Steady and flood on both sides, interleaved."""
    turns: Turns = {}
    for number in range(rounds):
        for kind in ("steady", "flood"):
            for name, side in sides.items():
                rate = STEADY_RATE if kind == "steady" else FLOOD // len(side.sockets)
                turn = side.turn(rate, int(rate * seconds[kind]))
                turns.setdefault((name, kind), []).append(turn)
                progress(f"round {number + 1}, {kind}, {name}: {turn}")
    return turns


def compare(answer: Answer, crowd: int, turns: Turns, hub: Side) -> None:
    """Ours against the bare broadcast, as ratios; and what our streams hold."""
    for kind, cpu_limit in (("steady", 2.0), ("flood", 1.0)):
        ours, bare = turns["hub", kind], turns["bare", kind]
        cpu = median(o.cpu_us / b.cpu_us for o, b in zip(ours, bare, strict=True))
        p99 = median(o.p99_ms / b.p99_ms for o, b in zip(ours, bare, strict=True))
        answer.require(f"cpu_{kind}_{crowd}", cpu, at_most=cpu_limit, ratio=True)
        answer.require(f"p99_{kind}_{crowd}", p99, at_most=3.0, ratio=True)
        answer.figures[f"cpu_us_{kind}_{crowd}"] = round(median(t.cpu_us for t in ours), 2)
        answer.figures[f"p99_ms_{kind}_{crowd}"] = round(median(t.p99_ms for t in ours), 1)
        answer.require(f"lost_{kind}_{crowd}", sum(t.lost for t in ours), at_most=0)
    held = hub.ask("held")
    answer.require(f"rss_kb_per_listener_{crowd}", hub.grown / crowd / 1_000, at_most=12.0)
    answer.require(f"connections_held_{crowd}", held["connections"], at_most=0)
    answer.require(f"threads_held_{crowd}", held["threads"], at_most=0)


class Turn(NamedTuple):
    """What one run of posts cost, and whether all arrived."""

    cpu_us: float
    p99_ms: float
    lost: int

    def __str__(self) -> str:
        return f"{self.cpu_us:.1f} us a delivery, p99 {self.p99_ms:.1f} ms, {self.lost} lost"


class Side:
    """One of the two servers, and the client's listeners on it."""

    def __init__(self, name: str, folder: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, __file__, "--serve", name, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = self._answer()["port"]
        self.process = psutil.Process(self.child.pid)
        self.listeners = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.grown = 0

    def fill(self, crowd: int) -> None:
        """Connect the listeners, and see how much the server has grown by them."""
        self._connect(50)
        before = self.process.memory_info().rss
        self._connect(crowd - 50)
        self.grown = self.process.memory_info().rss - before
        for number, sock in self.sockets.items():
            sock.setblocking(False)
            self.listeners.register(number, select.EPOLLIN)

    def turn(self, rate: int, posts: int) -> Turn:
        """Let the server post; read every delivery; see what it cost the server."""
        before = self.ask("cpu")["seconds"]
        self._tell("post", rate, posts)
        arrived, delays = self._read(posts * len(self.sockets))
        self._answer()
        spent = self.ask("cpu")["seconds"] - before
        return Turn(
            cpu_us=spent * 1e6 / max(1, arrived),
            p99_ms=percentile(delays, 0.99),
            lost=posts * len(self.sockets) - arrived,
        )

    def ask(self, *words: Any) -> dict[str, Any]:
        """Ask the server's command line something."""
        self._tell(*words)
        return self._answer()

    def close(self) -> None:
        """End the server and every listener."""
        self.child.kill()
        self.child.wait()
        for sock in self.sockets.values():
            sock.close()

    def _connect(self, crowd: int) -> None:
        """In handfuls, as browsers would come: each waits for the stream's first bytes."""
        for start in range(0, crowd, 100):
            fresh = [
                socket.create_connection(("127.0.0.1", self.port))
                for _ in range(start, min(crowd, start + 100))
            ]
            for sock in fresh:
                sock.sendall(
                    f"GET /live/?s={STREAM} HTTP/1.1\r\nHost: localhost\r\n"
                    f"Cookie: session={uuid.uuid4().hex}\r\n"
                    "Accept: text/event-stream\r\nUser-Agent: a light client\r\n\r\n".encode()
                )
            for sock in fresh:
                seen = b""
                while b"retry:" not in seen:
                    part = sock.recv(4_096)
                    assert part, f"refused: {seen!r}"
                    seen += part
                self.sockets[sock.fileno()] = sock

    def _read(self, expected: int) -> tuple[int, list[float]]:
        arrived, delays, sockets = 0, [], self.sockets
        while arrived < expected:
            ready = self.listeners.poll(8.0)
            if not ready:
                break
            for number, _ in ready:
                data = sockets[number].recv(262_144)
                now = time.monotonic_ns()
                arrived += data.count(MARK)
                delays += [(now - int(sent)) / 1e6 for sent in STAMP.findall(data)]
        return arrived, delays

    def _tell(self, *words: Any) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        found: dict[str, Any] = json.loads(self.child.stdout.readline())
        return found


# The servers ---------------------------------------------------------------------------------------


def serve(name: str, folder: str) -> None:
    """Run one side, and take commands from standard input in a thread."""
    raise_file_limit()
    sock = listen("127.0.0.1", 0)
    sock.listen(4_096)
    print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
    {"hub": serve_hub, "bare": serve_bare}[name](sock, folder)


def post(publish: Any, rate: int, posts: int) -> None:
    """Publish at an even rate, each post stamped with its moment."""
    begun = time.monotonic()
    for number in range(posts):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        stamp = f"~{time.monotonic_ns():019d} "
        publish(stamp + "x" * (POST_BYTES - len(stamp)))


def obey(publish: Any, held: Any) -> None:
    """`post RATE POSTS`, `cpu` and `held`, answered with one line of JSON each."""

    def cpu() -> dict[str, float]:
        return {"seconds": time.process_time()}

    def post_them(rate: str, posts: str) -> dict[str, Any]:
        post(publish, int(rate), int(posts))
        return {}

    words = {"post": post_them, "cpu": cpu, "held": held}
    for line in sys.stdin:
        word, *rest = line.split()
        print(json.dumps(words[word](*rest)), flush=True)


def serve_hub(sock: socket.socket, folder: str) -> None:
    """Our server as it is, with an authoriser that asks a real database."""
    import django
    from django.conf import settings

    database = Path(folder) / "bench.sqlite3"
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        SESSION_COOKIE_NAME="session",
    )
    django.setup()
    from django.db import connection

    from concord.live import hub, subscriptions
    from concord.site.front import Front

    def authorise(session: str | None, host: str, streams: list[str]) -> subscriptions.Grant | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return subscriptions.Grant(uuid.UUID(session or ""), streams)

    numbers = iter(range(1, 10**9))

    def publish(text: str) -> None:
        hub.publish(STREAM, "post", text, number=next(numbers))

    resting = threading.active_count() + 1  # with the thread that obeys

    def held() -> dict[str, int]:
        files = [file.path for file in psutil.Process().open_files()]
        return {
            "connections": sum(path.startswith(str(database)) for path in files),
            "threads": threading.active_count() - resting - subscriptions.THREADS,
        }

    subscriptions.register("room", authorise)
    threading.Thread(target=obey, args=(publish, held), daemon=True).start()
    Server(Front(lambda environ, start: [], threads=1)).run(sockets=[sock])


def serve_bare(sock: socket.socket, folder: str) -> None:
    """As little as can be: a list of transports, and a write to each."""
    import asyncio

    import uvloop

    transports: list[Any] = []

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"transfer-encoding: chunked\r\n\r\n8\r\nretry:1\n\r\n"
            )
            transports.append(self.transport)

    def broadcast(frame: bytes) -> None:
        for transport in transports:
            transport.write(frame)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        numbers = iter(range(1, 10**9))

        def publish(text: str) -> None:
            frame = encode("post", text, id=f"{STREAM}-{next(numbers)}")
            loop.call_soon_threadsafe(broadcast, b"%x\r\n%b\r\n" % (len(frame), frame))

        threading.Thread(target=obey, args=(publish, dict), daemon=True).start()
        server = await loop.create_server(Bare, sock=sock)
        await server.serve_forever()

    uvloop.run(run())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main()
