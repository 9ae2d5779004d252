"""Django's sessions in the database, asked only for keys that we could have given out.

A browser may send anything as its session: signs that no database keeps would break every page for it.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as InTheDatabase

KEY = re.compile("[a-z0-9]{32}")


class SessionStore(InTheDatabase):
    """A key of any other shape is no key."""

    def _validate_session_key(self, key: Any) -> bool:
        return isinstance(key, str) and KEY.fullmatch(key) is not None
