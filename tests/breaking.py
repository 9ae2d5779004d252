"""Runs stories against their sabotages, one after the other, each in a fork: the product is loaded once.

It reads a line of JSON for each (clause, story, where the result goes, where pytest's words go) and answers with a line
when it has ended. The home is the process's own; whoever asks has put a fresh database into it.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module


def main() -> None:
    """Until nobody asks any more."""
    load()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(**json.loads(line))
        os.waitpid(child, 0)
        print("ended", flush=True)


def load() -> None:
    """What every story needs, and nothing that holds a connection or a thread."""
    import django
    from django.conf import settings
    from django.db import connections
    from django.urls import get_resolver

    for heavy in ("hypothesis", "pytest", "pytest_django.plugin"):
        import_module(heavy)
    django.setup()
    for conf in (settings.ROOT_URLCONF, "concord.site.urls_desk"):
        _ = get_resolver(conf).url_patterns
    connections.close_all()


def run(clause: str, story: str, result: str, said: str) -> None:
    """The story, broken; never returns."""
    import pytest

    os.environ |= {"CONCORD_SABOTAGE": clause, "CONCORD_SABOTAGE_RESULT": result}
    words = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    ended = 1
    try:
        ended = pytest.main(["-q", "--reuse-db", "--tb=short", story])
    finally:
        sys.stdout.flush()
        os._exit(ended)


if __name__ == "__main__":
    main()
