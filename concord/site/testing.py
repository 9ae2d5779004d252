"""Settings of the tests: a temporary home with a throw-away key, and nothing of a real install.

SQLite in a file by default, so that threads and child processes see what the test wrote; PostgreSQL
when DATABASE_URL is set. CONCORD_TEST_HOME keeps one home, and so one database, across processes.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from concord.vault import environment


def _home() -> Path:
    kept = os.environ.get("CONCORD_TEST_HOME")
    if kept:
        return Path(kept)
    made = Path(tempfile.mkdtemp(prefix="concord-tests-"))
    atexit.register(_remove, made, os.getpid())
    return made


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not take its parent's home away
        shutil.rmtree(home, ignore_errors=True)


HOME = _home()
os.environ["CONCORD_DATA"] = str(HOME / "data")
os.environ["CONCORD_KEY_FILE"] = str(HOME / "keys" / "concord.key")
for _setting in [name for name in os.environ if name.startswith("CONCORD_")]:
    if _setting not in {"CONCORD_DATA", "CONCORD_KEY_FILE"} and not _setting.startswith(
        ("CONCORD_TEST_", "CONCORD_RECORD", "CONCORD_SABOTAGE", "CONCORD_NIGHTLY")
    ):
        del os.environ[_setting]  # the machine's own install must not colour a test

(HOME / "data" / "static").mkdir(parents=True, exist_ok=True)
if not (HOME / "keys" / "concord.key").exists():
    (HOME / "keys").mkdir(mode=0o700, exist_ok=True)
    environment.make_key_file(HOME / "keys" / "concord.key")

from concord.site.settings import *  # noqa: E402, F403
from concord.site.settings import ALLOWED_HOSTS, DATABASES, STORAGES  # noqa: E402

ON_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if ON_SQLITE:
    # A test that touches no database must find none that another left open in a thread of the streams.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "data" / "test.sqlite3")}

CONCORD_ARGON2 = (1, 64 * 1024)
"""Cheap on purpose: the cost guards real passphrases, and tests have none."""
MFA_TOTP_TOLERANCE = 1
"""A test must not fail because half a minute ended between making a code and typing it."""
CONCORD_SCREEN_BESIDE = False
"""A test that wants screening makes the screener itself: none is made in a thread beside it."""
CONCORD_REPORT_ADDRESS = "report@concord.example"
CONCORD_POLICY_ADDRESS = "policy@concord.example"

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver", ".localhost"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
"""A file is looked for when it is asked for, not all of them each time a test makes a browser."""
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
