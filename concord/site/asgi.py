"""The ASGI application: the front, with Django behind it."""

from __future__ import annotations

import os

from concord.site.front import Front, run_worker


def make_application(*, worker_thread: bool) -> Front:
    """Set Django up and put the front before it; with `worker_thread`, the outbox runs here too."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.site.settings")
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    return Front(
        get_wsgi_application(),
        threads=settings.CONCORD_THREADS,
        background=[run_worker] if worker_thread else [],
    )
