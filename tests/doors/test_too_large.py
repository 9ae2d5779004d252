"""More files than one request may carry: in a real browser, nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from concord.reports.models import Report
from tests.cast import stage
from tests.doors.conftest import Hosts

pytestmark = pytest.mark.browser


@pytest.mark.clauses("I-ANYWAY-1")
def test_what_was_typed_stays_when_the_files_are_far_too_large(
    hosts: Hosts, seat: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    stage()
    film = tmp_path / "film.bin"
    with film.open("wb") as file:
        file.truncate(120_000_000)
    page = seat(java_script_enabled=False).new_page()
    page.goto(f"{hosts.public}/report")
    page.fill("textarea[name=text]", "He wrote again.")
    page.locator("summary", has_text="Files").click()
    page.set_input_files("input[type=file]", str(film))
    page.get_by_role("button", name="Send it").click()
    assert page.input_value("textarea[name=text]") == "He wrote again."
    assert "more files than fit" in page.inner_text("main")
    page.get_by_role("button", name="Send it").click()
    assert "Thank you" in page.inner_text("h1")
    assert Report.objects.count() == 1
    assert not Report.objects.get().attachments.exists()
