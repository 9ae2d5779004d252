"""Settings of the demo: everything as in earnest, in a throw-away folder, with a chair for each part.

What differs is said here and on the demo's own page: people are seated without signing in, letters are shown
on a page instead of sent, and passphrases are stretched less, so that the event is ready sooner.
"""

from __future__ import annotations

import os

from concord.site.demo import home
from concord.vault import environment

HOME = home.make()
PORT = int(os.environ.get("CONCORD_DEMO_PORT", "8000"))
KEY_FILE = HOME / "keys" / "concord.key"

(HOME / "data").mkdir(mode=0o700, exist_ok=True)
if not KEY_FILE.exists():
    KEY_FILE.parent.mkdir(mode=0o700, exist_ok=True)
    environment.make_key_file(KEY_FILE)

for _setting in [name for name in os.environ if name.startswith("CONCORD_")]:
    if _setting != "CONCORD_DEMO_PORT":
        del os.environ[_setting]  # the machine's own install must not colour the demo
os.environ |= {
    "CONCORD_DATA": str(HOME / "data"),
    "CONCORD_KEY_FILE": str(KEY_FILE),
    "CONCORD_HOST_NAME": "Open Ballot Forum",
    "CONCORD_POLICY_ADDRESS": "policy@openballot.example",
    "CONCORD_REPORT_ADDRESS": "report@openballot.example",
    "CONCORD_PUBLIC": f"http://localhost:{PORT}",
    "CONCORD_DESK": f"http://desk.localhost:{PORT}",
}
try:
    from concord.site.settings import *  # noqa: F403
    from concord.site.settings import ALLOWED_HOSTS, CONCORD_DESK_HOSTS, MIDDLEWARE
finally:
    del (
        os.environ["CONCORD_DATA"],
        os.environ["CONCORD_KEY_FILE"],
    )  # for this process, not its children

from concord.site.demo.seats import FRESH, SEATS  # noqa: E402

CONCORD_DEMO = True
CONCORD_ARGON2 = (1, 8 * 1024 * 1024)
"""Cheap on purpose: planting enrols five people, and their passphrases stand on a page anyway."""
ALLOWED_HOSTS = [*ALLOWED_HOSTS, *(each.host for each in (*SEATS, *FRESH))]
CONCORD_DESK_HOSTS = [*CONCORD_DESK_HOSTS, *(each.host for each in SEATS if each.desk)]
ROOT_URLCONF = "concord.site.demo.urls_public"
CONCORD_DESK_URLCONF = "concord.site.demo.urls_desk"


def _with(middleware: list[str], after: str, *more: str) -> list[str]:
    place = middleware.index(after) + 1
    return [*middleware[:place], *more, *middleware[place:]]


MIDDLEWARE = _with(
    MIDDLEWARE, "concord.site.middleware.Hosts", "concord.site.demo.middleware.TheTable"
)
MIDDLEWARE = _with(
    MIDDLEWARE,
    "concord.site.middleware.Moment",
    "concord.site.demo.middleware.Seating",
    "concord.site.demo.middleware.Bar",
)
