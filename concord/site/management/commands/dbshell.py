"""Django's way into the database, of which the ledger hears; its rules hold there too."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import dbshell
from django.utils import timezone

from concord.site.open_shell import open_shell


class Command(dbshell.Command):
    def handle(self, **options: Any) -> None:
        open_shell(kind="database", at=timezone.now())
        super().handle(**options)
