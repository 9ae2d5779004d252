"""onward: a path of this very site to go on to, or None for anything else."""

from __future__ import annotations

from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 300


def onward(path: object) -> str | None:
    """The path if it is a short one of this host; never another host, a scheme, or a backslash trick."""
    if not isinstance(path, str) or len(path) > LONGEST or not path.startswith("/"):
        return None
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else None
