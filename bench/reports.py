"""What a report costs the server: ours, sealed to five people, beside a bare view that stores the same fields in clear.

Both are answered by one server with the product's own middleware, PRAGMAs and pool of threads, and take turns. A turn
opens the form and sends it, over HTTP, once for each report. The CPU is the server's process and nothing else; its
worker, which tells people and links the ledger's chain afterwards, does not run.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.common import Answer, arguments, median, progress
from bench.footprint import CHECKOUT, set_up
from bench.weight import plant_in

READERS = 5
REPORTS = 200
SIDES = {"ours": "/report", "bare": "/bare"}
NONCE = re.compile(rb'name="nonce" value="([0-9a-f]{32})"')
HEADERS = {"Host": "localhost", "Accept-Language": "en", "Accept-Encoding": "gzip"}


def main() -> None:
    """Serve both, and let them take turns."""
    asked = arguments(__doc__ or "")
    count = REPORTS // 4 if asked.quick else REPORTS
    rounds = 3 if asked.quick else asked.rounds
    answer = Answer("reports", {"reports": count, "readers": READERS, "rounds": rounds})
    with tempfile.TemporaryDirectory() as folder:
        environment = set_up(Path(folder))
        plant_in(environment, receivers=READERS)
        server = Served(environment)
        try:
            turns = take_turns(server, rounds=rounds, count=count)
        finally:
            server.close()
    ratio = median(o / b for o, b in zip(turns["ours"], turns["bare"], strict=True))
    answer.require("cpu", ratio, at_most=2.0, ratio=True)
    answer.require("cpu_s_per_report", median(turns["ours"]), at_most=0.005)
    answer.figures["cpu_s_bare"] = round(median(turns["bare"]), 5)
    answer.print(as_json=asked.json)


def take_turns(server: Served, *, rounds: int, count: int) -> dict[str, list[float]]:
    """CPU seconds a report on each side, interleaved; the first few of each warm it up and do not count."""
    turns: dict[str, list[float]] = {name: [] for name in SIDES}
    for path in SIDES.values():
        server.reports(path, 10)
    for number in range(rounds):
        for name, path in SIDES.items():
            turns[name].append(server.reports(path, count))
        progress(f"round {number + 1}: { ({name: round(t[-1], 5) for name, t in turns.items()}) }")
    assert server.ask("rows") == dict.fromkeys(SIDES, rounds * count + 10), "a report was lost"
    return turns


class Served:
    """The server in a process of its own, and a light client that keeps one connection to it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.child = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            env=environment | {"DJANGO_SETTINGS_MODULE": "concord.site.settings"},
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._connection = http.client.HTTPConnection("127.0.0.1", self._answer()["port"])

    def reports(self, path: str, count: int) -> float:
        """Open the form and send it, so many times. Returns the server's CPU seconds a report."""
        before = self.ask("cpu")["seconds"]
        for _ in range(count):
            self._report(path)
        spent: float = self.ask("cpu")["seconds"] - before
        return spent / count

    def ask(self, word: str) -> dict[str, Any]:
        assert self.child.stdin is not None
        self.child.stdin.write(f"{word}\n")
        self.child.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self.child.kill()
        self.child.wait()

    def _report(self, path: str) -> None:
        # The page is asked for compressed, as a browser does. Its number is made here: to unpack it costs the client.
        status, _ = self._send("GET", path)
        assert status == 200, f"{path} answered {status}"
        status, page = self._send("POST", path, told())
        assert status == 200, f"{path} answered {status}"
        assert len(page) > 100

    def _send(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = HEADERS | (
            {"Content-Type": f"multipart/form-data; boundary={EDGE}"} if body else {}
        )
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def _answer(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        found: dict[str, Any] = json.loads(self.child.stdout.readline())
        return found


EDGE = "edge-of-a-field"


def told() -> bytes:
    """A form as a browser sends it: some boxes filled, the others empty, none like another's."""
    typed = {
        "nonce": uuid.uuid4().hex,
        "text": f"Somebody wrote to me all night, {uuid.uuid4()}. "
        + "I do not want to meet him. " * 20,
        "where": "In the second hall, and on another site",
        "when": "yesterday evening",
        "who": "a speaker",
        "kinds": "threat",
        "wishes": "Please do not write to my organisation.",
        "contact": "",
        "hear": "answer",
        "website": "",
        "post": "",
        "room": "",
        "person": "",
    }
    field = '--{}\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(field.format(EDGE, *one) for one in typed.items()) + f"--{EDGE}--\r\n").encode()


# The server ----------------------------------------------------------------------------------------


def serve() -> None:
    """The product with one more page, on a free port; takes commands from standard input in a thread."""
    import threading

    from concord.site.asgi import make_application
    from concord.site.serving import Server, listen

    application = make_application(worker_thread=False)
    rows = add_bare_page()
    sock = listen("127.0.0.1", 0)
    sock.listen()

    def obey() -> None:
        words: dict[str, Any] = {"cpu": lambda: {"seconds": time.process_time()}, "rows": rows}
        for line in sys.stdin:
            print(json.dumps(words[line.strip()]()), flush=True)

    threading.Thread(target=obey, daemon=True).start()
    print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
    Server(application).run(sockets=[sock])


def add_bare_page() -> Any:
    """`/bare`: the same fields in an ordinary form, one row in an ordinary table. Returns what counts rows."""
    from django.conf import settings
    from django.db import connection, models
    from django.urls import path

    from concord.reports.models import Report
    from concord.site import urls_public

    columns = {name: models.TextField() for name in fields()}
    meta = type("Meta", (), {"app_label": "reports", "db_table": "bench_bare"})
    row = type("Bare", (models.Model,), {**columns, "Meta": meta, "__module__": __name__})
    with connection.schema_editor() as editor:
        editor.create_model(row)
    bench = ModuleType("bench_urls")
    bench.urlpatterns = [path("bare", bare_view(row), name="bare"), *urls_public.urlpatterns]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = bench
    return lambda: {"ours": Report.objects.count(), "bare": row.objects.count()}  # type: ignore[attr-defined]


def fields() -> dict[str, Any]:
    """The report form's boxes as Django's own fields, all plain."""
    from django import forms

    from concord.policy.violations import KINDS
    from concord.reports.forms import ReportForm

    def plain(field: forms.Field) -> forms.Field:
        said: dict[str, Any] = {"label": field.label, "help_text": field.help_text}
        if isinstance(field, forms.BooleanField):
            return forms.BooleanField(required=False, **said)
        if isinstance(field, forms.FileField):
            return forms.FileField(required=False, **said)
        if isinstance(field, forms.MultipleChoiceField):
            ticks = [(kind.code, kind.name) for kind in KINDS.values()]
            box = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(required=False, choices=ticks, widget=box, **said)
        if isinstance(field, forms.ChoiceField):
            return forms.ChoiceField(required=False, choices=field.choices, **said)
        hidden = isinstance(field.widget, forms.HiddenInput)
        widget = forms.HiddenInput if hidden else forms.Textarea
        return forms.CharField(required=False, widget=widget, **said)

    return {name: plain(field) for name, field in ReportForm.base_fields.items()}


def bare_view(row: Any) -> Any:
    """As little as Django needs to show a form, check it and insert a row."""
    from django import forms
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.views.decorators.csrf import csrf_exempt

    form_class = type("BareForm", (forms.Form,), fields())
    page = engines["django"].from_string(
        "<!doctype html><title>Form</title><form method=post enctype=multipart/form-data>"
        "{{ form }}<button>Send</button></form>"
    )
    thanks = engines["django"].from_string(
        "<!doctype html><title>Sent</title><p>{{ number }}</p>" * 3
    )

    @csrf_exempt
    def bare(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(page.render({"form": form_class()}, request))
        form = form_class(request.POST, request.FILES)
        if not form.is_valid():
            return HttpResponse(page.render({"form": form}, request), status=400)
        made = row.objects.create(**{name: str(value) for name, value in form.cleaned_data.items()})
        return HttpResponse(thanks.render({"number": made.pk}, request))

    return bare


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve()
    else:
        main()
