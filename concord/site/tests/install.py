"""A second install for tests: data folder, key file and database of its own, run from the command line.

Making the tables takes seconds, and setting up takes more: `tables` (for all tests) and `ready` (in this folder) are
made once in a run and copied.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ANSWERS = """
host = "Voters of the Valley"
auditor_address = "grace@outside.internal"

[mail]
host = "localhost"

[outside_contact]
name = "Elena Ruiz"
address = "elena@outside.example"

[[staff]]
working_name = "Amara"
sign_in = "amara"
languages = ["en", "fr"]

[[staff]]
working_name = "Luis"
sign_in = "luis"
"""


@dataclass
class Install:
    """`run` calls `concord` in a process of its own, as somebody at a terminal would."""

    home: Path
    database_url: str | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def key_file(self) -> Path:
        return self.home / "keys" / "concord.key"

    @property
    def database(self) -> str:
        """The name of its database on the server."""
        return (self.database_url or "").rpartition("/")[2]

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CONCORD_") and name not in ("DATABASE_URL", "REDIS_URL")
        }
        ours = {
            "CONCORD_DATA": str(self.data),
            "CONCORD_KEY_FILE": str(self.key_file),
            "CONCORD_SETTINGS": str(self.home / "concord.env"),
            "CONCORD_MAIL_HOST": "localhost",
            "CONCORD_POLICY_ADDRESS": "policy@concord.internal",
            "CONCORD_REPORT_ADDRESS": "report@concord.internal",
            "DJANGO_SETTINGS_MODULE": "concord.site.settings",
            "PYTHONPATH": str(settings.CHECKOUT),
        }
        url = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return kept | ours | url

    def set_up(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run set-up with the answers that it asks for."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "setup.toml").write_text(ANSWERS, encoding="utf-8")
        file = str(self.home / "setup.toml")
        return self.run("setup", "--answers", file, *arguments, **environment)

    def run(
        self, *arguments: str, answers: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "concord.site.cli", *arguments],
            env=self.environment | environment,
            input=answers,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@contextmanager
def another_install(home: Path, like: Install | None = None) -> Iterator[Install]:
    """An install on the kind of database that this test run uses: unused, or with all that another has."""
    if like is not None:
        shutil.copytree(like.home, home)
    if connection.vendor == "sqlite":
        yield Install(home)
        return
    name = f"concord_{uuid.uuid4().hex}"
    server = connection.settings_dict
    template = f" TEMPLATE {like.database}" if like else ""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}{template}")
    user, host, port = server["USER"], quote(server["HOST"], safe=""), server["PORT"]
    secret = f":{quote(server['PASSWORD'])}" if server["PASSWORD"] else ""
    try:
        yield Install(
            home, f"postgresql://{user}{secret}@{host}{f':{port}' if port else ''}/{name}"
        )
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
