"""The secrets of the team's second factors: in earnest they live in an authenticator app, here on a page."""

from __future__ import annotations

_secrets: dict[str, str] = {}


def keep(handle: str, secret: str) -> None:
    _secrets[handle] = secret


def secret_of(handle: str) -> str:
    """The base32 secret of a member of the team. Raises KeyError for anybody else."""
    return _secrets[handle]
