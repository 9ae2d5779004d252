"""A server that goes without a word: when the pages that were open ask for it again."""

from __future__ import annotations

from playwright.sync_api import Page

BREAK_OFF = """() => new Promise((tell) => {
    const Real = EventSource, later = setTimeout, random = Math.random, waits = [];
    const breakOff = (stream) => {
        Math.random = () => 0.5;
        window.setTimeout = (act, wait) => { waits.push(wait); return later(act, wait); };
        stream.onerror();
        stream.onerror();
        Math.random = random;
        window.setTimeout = later;
        dispatchEvent(new Event("online"));
        tell(waits);
    };
    window.EventSource = class extends Real {
        constructor(address) {
            super(address);
            window.EventSource = Real;
            this.addEventListener("open", () => later(() => breakOff(this)));
        }
    };
    dispatchEvent(new Event("pagehide"));
    dispatchEvent(new Event("online"));
})"""


def returns_after(page: Page) -> list[float]:
    """The milliseconds that an open page waits once its stream broke off, and then when that was in vain.

    Drawn by lot, here always the middle. The page is live again afterwards.
    """
    with page.expect_response("**/live/**"):
        return page.evaluate(BREAK_OFF)


SPREAD = [500 + 9_500 / 2, 1_000 * 1.5]
"""Over ten seconds, because everybody who was there comes back; then each by themselves, soon."""
