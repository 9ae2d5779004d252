"""Logs carry an allow-list of fields: never a name, an address, a text, a code or a query string."""

from __future__ import annotations

import json
import logging

_ALLOWED = ("event", "kind", "job", "attempts", "status", "seconds", "room", "host")


class AllowedFields(logging.Formatter):
    """One JSON object a line. An exception gives its type and places, never its message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.startswith(("concord", "uvicorn.error")):
            line["event"] = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        for field in _ALLOWED:
            if hasattr(record, field):
                line[field] = getattr(record, field)
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = list(_places(record.exc_info[2]))
        return json.dumps(line, default=str)


def _places(traceback):  # type: ignore[no-untyped-def]
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield f"{code.co_filename.rsplit('/concord/', 1)[-1]}:{traceback.tb_lineno} {code.co_name}"
        traceback = traceback.tb_next
