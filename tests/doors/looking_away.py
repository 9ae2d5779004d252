"""Another tab lies over a page: phones are so most of the time."""

from __future__ import annotations

from playwright.sync_api import Page


def look_away(page: Page, away: bool = True) -> None:
    """Another tab lies over this one, or not any more."""
    page.evaluate(
        """away => {
            Object.defineProperty(document, "hidden", { configurable: true, get: () => away });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )
