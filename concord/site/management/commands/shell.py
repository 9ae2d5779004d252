"""Django's own prompt, of which the ledger hears."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import shell
from django.utils import timezone

from concord.site.open_shell import keeping_refusals, open_shell


class Command(shell.Command):
    def handle(self, **options: Any) -> None:
        open_shell(kind="python", at=timezone.now())
        with keeping_refusals():
            super().handle(**options)
