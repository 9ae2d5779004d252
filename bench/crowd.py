"""People at an event, as light as can be: open streams held by one thread, and writers in a process of their own.

What is said carries the moment at which it was sent, in letters, so that no screening takes it for a telephone number;
whoever hears it counts it, and sees how long it took.
"""

from __future__ import annotations

import http.client
import json
import re
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

CHECKOUT = Path(__file__).resolve().parent.parent
MARK = "~"
STAMP, STAMP_BYTES = re.compile(rb"~([a-p]{16})"), 17
HEXADECIMAL, LETTERS = "0123456789abcdef", "abcdefghijklmnop"
IN_LETTERS = str.maketrans(HEXADECIMAL, LETTERS)
IN_DIGITS = bytes.maketrans(LETTERS.encode(), HEXADECIMAL.encode())
HANDFUL = 100
PATIENCE = 60.0


def stamp() -> str:
    """This moment, to stand in a post."""
    return MARK + f"{time.monotonic_ns():016x}".translate(IN_LETTERS)


def moment(letters: bytes) -> int:
    return int(letters.translate(IN_DIGITS), 16)


class Wish(NamedTuple):
    """A stream that somebody wants to open: at which process, of what, with which cookies, on which host."""

    port: int
    stream: str
    cookie: str
    host: str = "localhost"


class Ear:
    """An open stream: how often it heard what it listens for, and when it was ended."""

    __slots__ = ("ended", "heard", "last_at", "sock", "status", "tail", "wish")

    def __init__(self, wish: Wish) -> None:
        self.wish, self.tail, self.heard = wish, b"", 0
        self.status = self.last_at = 0
        self.ended: int | None = None
        self.sock = socket.create_connection(("127.0.0.1", wish.port))
        self.sock.sendall(
            f"GET /live/?s={wish.stream} HTTP/1.1\r\n"
            f"Host: {wish.host}\r\nCookie: {wish.cookie}\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )

    def greeted(self) -> bool:
        """Wait for the first bytes of the answer; whether it is a stream."""
        self.sock.settimeout(PATIENCE)
        seen = b""
        while b"retry:" not in seen:
            part = self.sock.recv(4_096)
            if not part:
                break
            seen += part
            if not seen.startswith(b"HTTP/1.1 200"):
                break
        self.status = int(seen.split()[1]) if seen else 0
        self.sock.setblocking(False)
        return self.status == 200


class Crowd:
    """Everybody who listens. `listens_for` and its width: what is counted, and timed if it has a group."""

    def __init__(self, listens_for: re.Pattern[bytes] = STAMP, width: int = STAMP_BYTES) -> None:
        self._for, self._width = listens_for, width
        self._ears: dict[int, Ear] = {}
        self._poll = select.epoll()
        self._news = threading.Condition()
        self._over = False
        self.delays: list[float] = []
        """Milliseconds from sending to hearing."""
        threading.Thread(target=self._listen, daemon=True).start()

    def join(
        self, wishes: Iterable[Wish], told: Callable[[int], None] = lambda so_far: None
    ) -> list[Ear]:
        """Open streams, a handful at a time; those that were refused have another status than 200."""
        wishes, joined = list(wishes), list[Ear]()
        for start in range(0, len(wishes), HANDFUL):
            fresh = [Ear(wish) for wish in wishes[start : start + HANDFUL]]
            for ear in fresh:
                if ear.greeted():
                    self._ears[ear.sock.fileno()] = ear
                    self._poll.register(ear.sock.fileno(), select.EPOLLIN)
                else:
                    ear.sock.close()
            joined += fresh
            told(len(joined))
        return joined

    def wait(self, holds: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Until it holds, asked whenever something was heard; whether it did in time."""
        limit = time.monotonic() + patience
        while not holds():
            left = limit - time.monotonic()
            if left <= 0:
                return False
            with self._news:
                self._news.wait(min(left, 0.05))
        return True

    def leave(self) -> None:
        """Everybody goes."""
        self._over = True
        for ear in list(self._ears.values()):
            ear.sock.close()

    def _listen(self) -> None:
        while not self._over:
            ready = self._poll.poll(0.2)
            for number, _ in ready:
                if number in self._ears:
                    self._hear(self._ears[number])
            if ready:
                with self._news:
                    self._news.notify_all()

    def _hear(self, ear: Ear) -> None:
        try:
            part = ear.sock.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        now = time.monotonic_ns()
        if not part:
            ear.ended = now
            number = ear.sock.fileno()
            if number >= 0:
                self._poll.unregister(number)
                del self._ears[number]
                ear.sock.close()
            return
        data = ear.tail + part
        found = self._for.findall(data)
        if found:
            ear.heard += len(found)
            ear.last_at = now
            if self._for.groups:
                self.delays += [(now - moment(sent)) / 1e6 for sent in found]
        ear.tail = data[1 - self._width :]


class Said(NamedTuple):
    """What somebody says: when, in seconds after the beginning; where; with which cookies; stamped or not.

    Without a text they only look at the page.
    """

    due: float
    port: int
    path: str
    cookie: str
    text: str
    stamped: bool = True


class Answered(NamedTuple):
    """How one of them went: its place in the list, when it was sent and answered (ns), and by what."""

    number: int
    began: int
    ended: int
    status: int


class Writers:
    """Threads of one process that post over HTTP, each with a connection that it keeps."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.crowd"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(
        self, said: list[Said], *, threads: int = 8, until: float = 0.0, give_up: int = 0
    ) -> None:
        """Say all of it, each when it is due; no more after `until` seconds, or `give_up` refusals in a row."""
        assert self._child.stdin is not None
        job = {"said": said, "threads": threads, "until": until, "give_up": give_up}
        self._child.stdin.write(json.dumps(job) + "\n")
        self._child.stdin.flush()

    def finish(self) -> list[Answered]:
        """Wait until all is said."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, "the writers ended"
        return [Answered(*one) for one in json.loads(line)]

    def close(self) -> None:
        self._child.kill()
        self._child.wait()


TOKEN = "t" * 32
"""What stands in everybody's cookie against forged forms, and in their forms."""


def write_all() -> None:
    """One job after the other, from standard input."""
    for line in sys.stdin:
        job = json.loads(line)
        said = [Said(*one) for one in job["said"]]
        print(json.dumps(_Writing(said, job).run()), flush=True)


class _Writing:
    """One job, shared by its threads."""

    def __init__(self, said: list[Said], job: dict[str, Any]) -> None:
        self._said, self._job = said, job
        self._next, self._refused, self._turn = 0, 0, threading.Lock()
        self._found: list[tuple[int, int, int, int]] = []
        self._began = time.monotonic()

    def run(self) -> list[tuple[int, int, int, int]]:
        threads = [threading.Thread(target=self._write) for _ in range(self._job["threads"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self._found

    def _take(self) -> int | None:
        with self._turn:
            late = self._job["until"] and time.monotonic() - self._began > self._job["until"]
            given_up = self._job["give_up"] and self._refused >= self._job["give_up"]
            if self._next >= len(self._said) or late or given_up:
                return None
            self._next += 1
            return self._next - 1

    def _write(self) -> None:
        held: dict[int, http.client.HTTPConnection] = {}
        while (number := self._take()) is not None:
            one = self._said[number]
            time.sleep(max(0.0, self._began + one.due - time.monotonic()))
            began = time.monotonic_ns()
            status = _post(one, held)
            self._found.append((number, began, time.monotonic_ns(), status))
            self._refused = 0 if status < 400 else self._refused + 1


def _post(one: Said, held: dict[int, http.client.HTTPConnection]) -> int:
    text = f"{stamp()} {one.text}" if one.stamped else one.text
    form = {"csrfmiddlewaretoken": TOKEN, "nonce": str(uuid4()), "text": text, "sure": "on"}
    asked = ("POST", one.path, urlencode(form)) if one.text else ("GET", one.path, None)
    headers = {"Host": "localhost", "Cookie": one.cookie}
    if one.text:
        headers |= {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(
        2
    ):  # a connection that was kept may have been closed meanwhile: the nonce makes it one post
        connection = held.setdefault(
            one.port, http.client.HTTPConnection("127.0.0.1", one.port, timeout=PATIENCE)
        )
        try:
            connection.request(*asked, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
        else:
            return answer.status
    return 0


if __name__ == "__main__":
    write_all()
