"""The main job with keys alone: flagged, judged, proposed, agreed to, gone. No mouse, and the focus stays in sight."""

from __future__ import annotations

from uuid import UUID

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import BrowserContext, Page, expect

from concord.monitoring.models import Flag
from concord.people.tests.team import code_now
from concord.spaces.tests.conftest import inside  # noqa: F401
from tests.browsing import at_the_desk
from tests.cast import PASSPHRASES, Cast, session_in, stage

pytestmark = pytest.mark.browser

UNKIND = "Sara, I will find you after this."
PHONE = {"viewport": {"width": 360, "height": 740}}
MOST_STEPS = 80

FOCUS = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return null;
    const box = here.getBoundingClientRect(), style = getComputedStyle(here);
    const label = here.labels && here.labels.length ? here.labels[0] : here;
    const shown = label.cloneNode(true);
    shown.querySelectorAll("kbd").forEach((key) => key.remove());
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.y + Math.min(box.height / 2, 20), 0), innerHeight - 1);
    const above = document.elementFromPoint(x, y);
    return {
        words: (shown.textContent || here.getAttribute("aria-label") || "").replace(/\\s+/g, " ").trim(),
        field: here.matches("input, textarea"),
        box: [box.x, box.y, box.width, box.height, scrollY, innerHeight],
        ringed: here.matches(":focus-visible") && style.outlineStyle !== "none"
            && parseFloat(style.outlineWidth) >= 2,
        insight: box.width > 0 && box.top >= 0 && box.bottom <= innerHeight + 1 || box.height > innerHeight / 2,
        covered: !(above && (here.contains(above) || above.contains(here) || label.contains(above))),
    };
}"""


class Keys:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, words: str, *, whole: bool = False, field: bool = False) -> Keys:
        """Tab on until the focus stands on what is called so; at each stop it must be seen."""
        passed = []
        for _step in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS)
            if here is None:
                continue
            assert here["ringed"], f"no ring round {here['words']!r}"
            assert here["insight"], f"{here['words']!r} is out of sight: {here['box']}"
            assert not here["covered"], f"something covers {here['words']!r}"
            passed.append(here["words"])
            if field and not here["field"]:
                continue
            if here["words"] == words or (here["words"].startswith(words) and not whole):
                return self
        raise AssertionError(f"no key leads to {words!r}; passed {passed}")

    def enter(self, words: str) -> Keys:
        """Press Enter on a link or a button that leads to another page."""
        self.to(words, whole=True)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def open(self, words: str) -> Keys:
        """Unfold what is folded."""
        self.to(words).page.keyboard.press("Enter")
        return self

    def tick(self, words: str) -> Keys:
        self.to(words, field=True).page.keyboard.press("Space")
        return self

    def type(self, into: str, words: str) -> Keys:
        self.to(into, field=True).page.keyboard.type(words)
        return self


@pytest.fixture
def cast(hosts) -> Cast:
    return stage()


@pytest.fixture
def sit(hosts, seat, inside):  # noqa: F811
    """`sit(cookies, host, path)` opens a page in a browser of somebody's own."""

    def down(cookies, path: str, *, desk: bool = False, **options) -> Page:
        context: BrowserContext = seat(reduced_motion="reduce", **options)
        host = "desk.localhost" if desk else "localhost"
        for name, cookie in cookies.items():
            context.add_cookies(
                [
                    {
                        "name": name,
                        "value": cookie.value,
                        "domain": host,
                        "path": "/",
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Lax",
                    }
                ]
            )
        page = context.new_page()
        page.goto((hosts.desk if desk else hosts.public) + path)
        return page

    return down


def test_the_main_job_needs_no_mouse(cast: Cast, sit, inside, picture):  # noqa: F811
    cast.say(cast.karim, UNKIND)
    cast.say(cast.tomas, "We can hear you.")
    hall = f"/r/{cast.hall.id}"
    sara = Keys(sit(inside(cast.sara).cookies, hall, **PHONE))
    bystander = sit(inside(cast.tomas).cookies, hall)
    unkind = bystander.locator("li.post", has_text=UNKIND)
    expect(unkind).to_be_visible()

    sara.enter("Flag").enter("Flag it").enter("Back to the room")
    expect(sara.page.locator("li.post", has_text=UNKIND)).to_be_visible()

    amara = Keys(sit({}, "/", desk=True))
    secret = generate_totp_secret()
    TOTP.activate(cast.amara.login, secret)
    amara.type("Handle", "amara").type("Passphrase", PASSPHRASES["amara"]).enter("Sign in")
    amara.type("Code", code_now(secret)).enter("Sign in")
    amara.enter("Watch")
    letters_reach_what_is_chosen(amara.page)
    amara.enter("Watch").open("Show what was written")
    expect(amara.page.locator(".watch-flags blockquote")).to_have_text(UNKIND)
    amara.type("Why, in a sentence", "A threat against somebody in the room.")
    amara.enter("Needs action").enter("Propose what should happen")
    amara.enter("See what it does")
    picture(amara.page, "errors")
    assert amara.page.evaluate("document.activeElement.id") == "errors"
    amara.type("Why", "He threatens her in front of everybody.")
    amara.tick("Found in violation of the code").tick("Threats and calls to violence")
    amara.tick("I asked myself whom").enter("See what it does")
    picture(amara.page, "see")
    amara.enter("Ask for a second yes")
    expect(amara.page.locator(".proposal")).to_contain_text("Proposed by Amara")

    luis = Keys(sit(at_the_desk(cast.luis).client.cookies, "/", desk=True, **PHONE))
    code = luis.page.locator("#inbox .item a").first.inner_text()
    luis.enter(code).open("Show what was written")
    expect(luis.page.locator(".proposal blockquote")).to_contain_text("I will find you")
    luis.enter("I agree")
    expect(unkind).to_have_count(0)
    expect(bystander.locator(".post.gone")).to_be_visible()
    expect(luis.page.locator(".proposal")).to_contain_text("Amara and Luis agreed")
    picture(luis.page, "agreed")


PRESSED = """key => {
    const pressed = [];
    const see = (event) => { pressed.push(event.target); event.preventDefault(); };
    document.addEventListener("click", see, true);
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    document.removeEventListener("click", see, true);
    return pressed.map((each) => each.closest("[data-item]")?.id || each.closest("[id]").id);
}"""


def letters_reach_what_is_chosen(page: Page) -> None:
    """On a watch with two flags, an uninvolved post and one that was flagged, no key acts on what nobody chose."""
    items = [row.get_attribute("id") or "" for row in page.locator(".watch [data-item]").all()]
    flag, by_machine, post, covered = items

    def pressed_by(keys: str) -> dict[str, str]:
        found = {key: page.evaluate(PRESSED, key) for key in keys}
        return {key: where for key, [where] in ((key, each) for key, each in found.items() if each)}

    assert pressed_by("frcnd") == {}, "nothing is chosen"
    for item, keys in ((flag, "rcnd"), (by_machine, "rcnd"), (post, "f"), (covered, "r")):
        page.keyboard.press("j")
        assert pressed_by("frcnd") == dict.fromkeys(keys, item)
    page.evaluate("document.querySelector('.watch-now [data-newer]').hidden = false")
    assert pressed_by("s") == {"s": "watch-now"}, "what is hidden is passed over"
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    for _step in items:
        page.keyboard.press("k")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.closest('article').id") == flag
    assert page.evaluate("document.activeElement.name") == "reason", "it asks why first"
    page.evaluate("document.activeElement.blur()")
    with page.expect_navigation():
        page.keyboard.press("c")
    expect(page.locator(f"#{flag} .looking")).to_contain_text("you")
    for _step in range(items.index(post) + 1):
        page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("f")
    assert Flag.objects.get(by_staff=True).post_id == UUID(post.removeprefix("post-"))


def test_news_do_not_take_the_focus_away(cast: Cast, sit, inside):  # noqa: F811
    flag = cast.say(cast.karim, UNKIND)
    sara = Keys(sit(inside(cast.sara).cookies, f"/p/{flag.id}/flag", **PHONE)).enter("Flag it")
    luis = Keys(sit(at_the_desk(cast.luis).client.cookies, "/", desk=True))
    luis.to("Flag ")
    again = cast.say(cast.karim, "And your friends too.")
    sara.page.goto(sara.page.url.replace(str(flag.id), str(again.id)))
    sara.enter("Flag it")
    expect(luis.page.locator("#inbox .item")).to_have_count(2)
    assert luis.page.evaluate(FOCUS)["words"].startswith("Flag ")
    luis.enter("Watch")
    opened = session_in(cast.convening, "Hall 3", cast.amara, cast.at)
    luis.page.evaluate("document.body.dispatchEvent(new CustomEvent('live:condition'))")
    expect(luis.page.locator(".rooms")).to_contain_text("Hall 3")
    cast.say(
        cast.tomas, "Now in here", room=opened
    )  # a room that opened since is listened to as well
    expect(luis.page.locator(".feed")).to_contain_text("Now in here")


def test_a_report_is_written_in_one_language_and_sent_in_another_by_keys(cast: Cast, sit):
    sara = Keys(sit({}, "/report", **PHONE))
    sara.type("What would you like us to know?", "He wrote to me again.")
    sara.page.keyboard.press("Control+Home")
    sara.page.evaluate("document.activeElement.blur()")
    sara.open("Language:").enter("français")
    expect(sara.page.locator("html")).to_have_attribute("lang", "fr")
    expect(sara.page.locator("[name=text]")).to_have_value("He wrote to me again.")
    sara.page.locator("summary", has_text="Quand").focus()
    sara.page.keyboard.press("Enter")
    sara.page.keyboard.press("Tab")
    sara.page.keyboard.type("hier")
    with sara.page.expect_navigation():
        sara.page.keyboard.press("Enter")
    expect(sara.page.locator("output.code")).to_be_visible()
