"""A real browser before a real server: the front, its streams and the worker, as `concord serve` runs them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from concord.site.asgi import make_application
from concord.site.tests.running import running

# Playwright keeps an event loop in this thread, though its calls are ordinary ones; Django would object.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Hosts:
    """The two hosts of the server under test; `named` gives a further one, such as a seat of the demo."""

    port: int

    @property
    def public(self) -> str:
        return self.named("localhost")

    @property
    def desk(self) -> str:
        return self.named("desk.localhost")

    def named(self, name: str) -> str:
        return f"http://{name}:{self.port}"


@pytest.fixture
def hosts(transactional_db: None, settings) -> Iterator[Hosts]:
    """The whole server on a free port, over this test's database."""
    with running(make_application(worker_thread=True)) as port:
        served = Hosts(port)
        settings.CONCORD_PUBLIC, settings.CONCORD_DESK = served.public, served.desk
        settings.CSRF_TRUSTED_ORIGINS = [served.public, served.desk, f"http://*.localhost:{port}"]
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's own Chromium, with a new profile and nothing of its own to say to the network."""
    path = os.environ.get("CONCORD_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def seat(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`seat()` gives a browser of its own to one person; options are Playwright's, as java_script_enabled."""
    seats: list[BrowserContext] = []

    def take(**options: object) -> BrowserContext:
        seats.append(browser.new_context(**options))  # type: ignore[arg-type]
        return seats[-1]

    yield take
    for each in seats:
        each.close()


@pytest.fixture
def page(seat: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Page:
    """A page of somebody alone. Requests to any other host fail the test."""
    opened = seat().new_page()
    opened.route("**/*", _only_ours)
    return opened


def _only_ours(route, request) -> None:
    host = request.url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    if (
        host != "localhost"
        and not host.endswith(".localhost")
        and not request.url.startswith("data:")
    ):
        route.abort()
        pytest.fail(f"a page asked {host} for something")
    route.continue_()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page], None]:
    """`picture(page)` keeps a screenshot under CONCORD_TEST_PICTURES, when that is set."""
    folder = os.environ.get("CONCORD_TEST_PICTURES")

    def take(page: Page, name: str = "") -> None:
        if folder:
            path = Path(folder) / f"{request.node.name}{name and '-' + name}.png"
            page.screenshot(path=path, full_page=True)

    return take
