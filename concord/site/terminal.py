"""What is asked at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable


def is_there() -> bool:
    """Whether somebody sits at a terminal to answer."""
    return sys.stdin.isatty()


def ask(question: str, *, default: str = "", wrong: Callable[[str], str] = lambda typed: "") -> str:
    """Ask until the answer is right; `wrong` says in words what is not, or returns nothing."""
    while True:
        typed = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        trouble = wrong(typed) if typed else "please answer"
        if not trouble:
            return typed
        print(f"  {trouble}", file=sys.stderr)
