"""The ASGI application: the front, with Django behind it."""

from __future__ import annotations

import os

from concord.site.front import Background, Front, run_worker


def following() -> list[Background]:
    """What this process does to hear of the others: nothing on SQLite, which has one."""
    from django.db import connection

    from concord.live.follow_cuts import follow_cuts
    from concord.live.follow_news import follow_news

    return [follow_cuts, follow_news] if connection.vendor == "postgresql" else []


def make_application(*, worker_thread: bool) -> Front:
    """Set Django up and put the front before it; with `worker_thread`, the outbox runs here too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.site.settings")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    return Front(
        get_wsgi_application(),
        threads=settings.CONCORD_THREADS,
        background=[*([run_worker] if worker_thread else []), *following()],
    )
