"""Asked for under a host name that is not ours, the log says which: the host alone, and each once."""

from __future__ import annotations

import logging

from concord.site import middleware


def test_the_log_names_the_host_once_and_nothing_else(client, caplog, monkeypatch):
    monkeypatch.setattr(middleware, "_strangers", set())
    with caplog.at_level(logging.WARNING, "concord.site"):
        for _twice in range(2):
            assert client.get("/e/secret?x=1", HTTP_HOST="wrong.internal").status_code == 400
        client.get("/", HTTP_HOST="not a host")
    assert [one.host for one in caplog.records if one.name == "concord.site"] == ["wrong.internal"]
