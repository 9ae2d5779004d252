"""Every page of the public path and of the desk that `places` lists can be read and used by everybody: WCAG 2.2 AA, at
any width, in every language, by day and by night; and none of them asks another host for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as house_settings
from playwright.sync_api import BrowserContext, Page

from concord.improvement import apart
from concord.spaces.tests.conftest import inside  # noqa: F401
from tests.browsing import at_the_desk
from tests.cast import stage
from tests.doors.places import DESK, DESK_ONCE, PUBLIC, PUBLIC_ONCE, House, Place, house

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": TAGS, "resultTypes": ["violations"]}
LOOKS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""What may come out differently by night or on a wide screen; the rest is the same document."""

ALOUD = [("light", 320, EVERYTHING), ("dark", 1280, LOOKS)]
MIRRORED = [
    ("light", 320, EVERYTHING | {"rules": {"color-contrast": {"enabled": False}}}),
    ("dark", 1280, None),
]
TOLD_AGAIN = [("light", 320, None)]
"""In a further language the document and its colours are the same; whether its words have room is looked at again."""
EACH_LOOK = [
    (scheme, width, EVERYTHING) for scheme in ("light", "dark") for width in (320, 360, 1280)
]

FRAME = """() => ({
    lang: document.documentElement.lang, dir: document.documentElement.dir, title: document.title,
    headings: document.querySelectorAll("h1").length,
    wide: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth,
})"""
AXE = """async (options) => {
    const laid = new CSSStyleSheet();
    laid.replaceSync(".room-head, .composer, .demo-bar, .thumb { position: static !important }");
    document.adoptedStyleSheets = [laid];
    const found = (await axe.run(document, options)).violations;
    document.adoptedStyleSheets = [];
    return found.flatMap(
        (one) => one.nodes.map((node) => `${one.id}: ${node.target}: ${node.failureSummary}`));
}"""
"""What a bar that stays in sight covers is uncovered by scrolling: the bars lie where they belong meanwhile."""


@pytest.fixture
def there(hosts, settings, tmp_path, inside) -> House:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path / "media"
    return house(inside)


@pytest.fixture
def in_a_drill(hosts) -> Iterator[tuple[House, list[Place]]]:
    """A drill in which Amara has proposed; what they and Noor open in it."""
    cast = stage()
    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    amara.open("/events/votes/roster").press("Start a drill")
    flag = amara.open("/drill/").follow("Look at it").path
    amara.press("It needs action", reason="As if it were real.")
    propose = amara.follow("Propose what should happen").path
    said = {"reason": "As if it were real.", "grounds": "violation", "violations": "threat"}
    proposal = amara.press("See what it does", is_safe="on", **said).press("Ask for a second yes")
    cookies = {
        name: {key: one.value for key, one in browser.client.cookies.items()}
        for name, browser in (("amara", amara), ("noor", noor))
    }
    yield (
        House(cast, {}, cookies),
        [
            Place("drill", "/drill/", "noor"),
            Place("drill-flag", flag, "amara"),
            Place("drill-propose", propose, "amara"),
            Place("drill-proposal", proposal.path, "noor"),
            Place("drill-outside", "/", "noor"),
            Place("drill-roster", "/events/votes/roster", "amara"),
        ],
    )
    apart.remove_all_but(None)


@pytest.fixture
def look_at(hosts, seat: Callable[..., BrowserContext], picture) -> Callable[..., list[str]]:
    """`look_at(there, places, …)` opens each page in one browser and tells what is wrong with it."""

    def look(
        there: House, places: list[Place], *, desk: bool, language: str, looks: list
    ) -> list[str]:
        context, wrong = seat(reduced_motion="reduce"), []
        if any(options for _scheme, _width, options in looks):
            context.add_init_script(AXE_SCRIPT)
        page = context.new_page()
        page.on("request", lambda sent: _ours(sent.url) or wrong.append(f"asked for {sent.url}"))
        for place in places:
            page.goto("about:blank")  # a page whose cookies go looks again by itself
            there.become(context, place.who, desk=desk)
            page.set_viewport_size({"width": looks[0][1], "height": 740})
            place.open(page, f"{hosts.desk if desk else hosts.public}/{language}", there)
            for scheme, width, options in looks:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 740})
                found = _frame(page, language) + (page.evaluate(AXE, options) if options else [])
                wrong += [f"{place.name} {language} {scheme} {width}: {one}" for one in found]
                picture(page, f"{place.name}-{language}-{scheme}-{width}")
        return wrong

    return look


def _ours(url: str) -> bool:
    host = url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    return url.startswith("data:") or host == "localhost" or host.endswith(".localhost")


def _frame(page: Page, language: str) -> list[str]:
    """What every page has: its language and direction, a title, one first heading, and no way to scroll aside."""
    is_so = page.evaluate(FRAME)
    direction = "rtl" if language == "ar" else "ltr"
    wrong = {
        f"is in {is_so['lang']}": is_so["lang"] != language,
        f"runs {is_so['dir']}": is_so["dir"] != direction,
        "has no title": not is_so["title"].strip(),
        f"has {is_so['headings']} first headings": is_so["headings"] != 1,
        f"is {is_so['wide']} px too wide": is_so["wide"] > 0,
    }
    return [words for words, is_wrong in wrong.items() if is_wrong]


@pytest.mark.sqlite
def test_every_page_can_be_used_by_everybody(there, look_at):
    wrong = look_at(there, DESK, desk=True, language="en", looks=ALOUD)
    wrong += look_at(there, DESK_ONCE, desk=True, language="en", looks=ALOUD[:1])
    wrong += look_at(there, PUBLIC_ONCE, desk=False, language="en", looks=ALOUD[:1])
    for language, _name in house_settings.LANGUAGES:
        looks = {"en": ALOUD, "ar": MIRRORED}.get(language, TOLD_AGAIN)
        wrong += look_at(there, PUBLIC, desk=False, language=language, looks=looks)
    assert not wrong, "\n".join(wrong)


@pytest.mark.sqlite
def test_every_page_of_a_drill_can_be_used_by_everybody(in_a_drill, look_at):
    there, places = in_a_drill
    wrong = look_at(there, places, desk=True, language="en", looks=ALOUD)
    assert not wrong, "\n".join(wrong)


@pytest.mark.sqlite
@pytest.mark.nightly
@pytest.mark.parametrize("language", [code for code, _name in house_settings.LANGUAGES])
def test_every_page_in_every_look(there, look_at, language):
    wrong = look_at(there, DESK + DESK_ONCE, desk=True, language=language, looks=EACH_LOOK)
    wrong += look_at(there, PUBLIC + PUBLIC_ONCE, desk=False, language=language, looks=EACH_LOOK)
    assert not wrong, "\n".join(wrong)
