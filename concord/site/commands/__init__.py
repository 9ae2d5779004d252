"""One module for each command of the command line: `add_arguments(parser)` and `run(options) -> status`."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any


class CannotGoOn(Exception):
    """The command stops here; its message says why and what to do, in words fit for a terminal."""


def set_up_django() -> None:
    """Load the settings and the rooms. Raises CannotGoOn when a setting cannot even be read."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    from concord.vault.environment import EnvironmentKeyMissing

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.site.settings")
    try:
        django.setup()
    except (ImproperlyConfigured, EnvironmentKeyMissing, ValueError) as error:
        raise CannotGoOn(f"the settings cannot be read: {error}") from error


def set_up_install() -> None:
    """As `set_up_django`, for a command that looks into an install. Raises CannotGoOn where there is none."""
    set_up_django()
    from concord.site.checking import refuse_without_install

    refuse_without_install()


def part(module: str, function: str) -> Callable[..., Any]:
    """A function of a part that may not have been built yet. Raises CannotGoOn in that case."""
    if find_spec(module) is None:
        raise CannotGoOn(f"this version has no {module.rsplit('.', 1)[-1]} yet")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
