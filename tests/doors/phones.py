"""A phone in somebody's hand: a small screen, taps that are counted, and a passkey behind a finger."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

SMALL = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
FINGER = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Phone:
    """One page in one browser. Its owner's finger lies on it, unless it was taken away."""

    def __init__(self, context: BrowserContext, **device: Any) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.taps: list[str] = []
        self.broken: list[str] = []
        self._listen(self.page)
        self._wire = context.new_cdp_session(self.page)
        self._wire.send("WebAuthn.enable")
        added = self._wire.send(
            "WebAuthn.addVirtualAuthenticator", {"options": {**FINGER, **device}}
        )
        self.device = added["authenticatorId"]

    def tap(self, what: Locator) -> None:
        """One touch on the screen."""
        self.taps.append(what.inner_text())
        what.tap()

    def finger(self, *, is_there: bool) -> None:
        """Whether the device finds its owner when it asks."""
        self._wire.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.device, "isUserVerified": is_there},
        )

    def session_key(self) -> str:
        """By which the server knows this browser."""
        cookies = self.context.cookies()
        return next(one["value"] for one in cookies if one["name"] == "__Host-session")

    def passkeys(self) -> list[dict[str, Any]]:
        told = self._wire.send("WebAuthn.getCredentials", {"authenticatorId": self.device})
        held: list[dict[str, Any]] = told["credentials"]
        return held

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.broken.append(str(error)))
        page.on(
            "console",
            lambda line: self.broken.append(line.text) if line.type == "error" else None,
        )
