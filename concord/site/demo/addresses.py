"""address: where a host of the demo is opened from this machine's browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def address(host: str, path: str = "/") -> str:
    """The full address of a path on one of the demo's hosts."""
    return f"http://{host}:{urlsplit(settings.CONCORD_PUBLIC).port}{path}"
