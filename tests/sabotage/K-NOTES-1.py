"""What is sealed is written to the log as well."""

import logging

import pytest

from concord.vault import files

STORY = "tests/policy/test_confidentiality.py::test_what_is_told_lies_in_no_table_log_letter_job_or_file"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seal, log = files.seal, logging.getLogger("concord.cases")
    monkeypatch.setattr(
        files,
        "seal",
        lambda file, text, about: log.info("%s", text) or seal(file, text, about=about),
    )
