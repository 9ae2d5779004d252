"""Scenes of deciding: the message, the flag, the case, the proposal, the agreement, and what it does."""

from __future__ import annotations

from concord.concurrence.models import Concurrence, Execution, State, Warrant
from concord.monitoring.models import Flag
from concord.site.demo import script
from concord.site.rehearse.browser import Browser
from concord.site.rehearse.page import Page
from concord.site.rehearse.timeline import promise
from concord.site.rehearse.world import (
    World,
    eventually,
    id_in,
    let_go,
    now,
    opened,
    seconds,
    write_post,
)
from concord.spaces.models import Post

REASON = "He threatens somebody in the hall; she should not have to read on with him there."


def message_is_posted(world: World) -> None:
    """It reaches a bystander's open stream."""
    sent = now()
    page = write_post(world.browser("Karim"), world.hall_path, script.UNKIND)
    opened(page, "the message was not posted")
    world.post = Post.objects.get(text=script.UNKIND).id
    heard = world.streams["Tomas"].wait_for("post", id=str(world.post))
    let_go()
    world.timeline.note(f"sent to seen by a bystander: {(heard.at - sent) * 1000:.0f} ms")


def message_is_flagged(world: World) -> None:
    """By the person it was aimed at, in two presses; nothing of it shows in the room."""
    flag(world.browser("Ana"), world.public("flag_post", world.post))
    promise(Flag.objects.filter(post=world.post).count() == 1, "there is no flag on the message")
    let_go()


def flag(browser: Browser, path: str) -> None:
    """Flag a post by its own form."""
    page = opened(browser.get(path), "flagging does not open")
    opened(browser.submit(page, page.form("words"), {"words": ""}), "the flag was not taken")


def case_is_opened(world: World) -> None:
    """A coordinator says that the flag needs action, and why; a case opens."""
    world.case_path = take_up(world, Flag.objects.get(post=world.post))
    let_go()


def take_up(world: World, raised: Flag) -> str:
    """Amara answers a flag; the address of the case that it went into."""
    amara = world.browser("Amara")
    page = opened(amara.get(world.desk("flag", raised.id)), "the flag does not open")
    answer = page.form("reason", "credible")
    page = amara.submit(page, answer, {"reason": "It is a threat.", "credible": "yes"})
    if any("into" in form.names for form in page.forms):
        page = amara.submit(page, page.form("into"), {"into": "new"})
    promise(page.path.startswith("/cases/"), f"no case was opened: {page.status} at {page.path}")
    return opened(page, "the case does not open").path


def colleague_is_shut_out_of_it(world: World) -> None:
    """Somebody who is close to the person reported finds no flag, no case, no number."""
    raised = Flag.objects.get(post=world.post)
    let_go()
    for who in ("Ravi", "Ines"):
        browser = world.browser(who)
        for path in (world.case_path, world.desk("flag", raised.id)):
            promise(browser.get(path).status == 404, f"{who} can open {path}")
        inbox = opened(browser.get(world.desk("inbox")), f"{who} has no inbox")
        promise(raised.code not in inbox.text, f"the flag shows in the inbox of {who}")
        promise(id_in(world.case_path) not in inbox.text, f"the case shows in the inbox of {who}")


def proposal_is_made(world: World) -> None:
    """By the short form, filled from the flag; the coordinator sees what it does before asking."""
    world.proposal_path = propose(world, world.case_path)
    promise(world.proposal.state == State.PROPOSED, "nothing was proposed")
    hidden = world.browser("Ravi").get(world.proposal_path)
    promise(hidden.status == 404, "the recused colleague can open the proposal")
    let_go()


def propose(world: World, case_path: str, *, act_at_once: bool = True) -> str:
    """Amara proposes what the form suggests; the address of the proposal."""
    return ask(world, drafted(world, case_path, act_at_once=act_at_once))


def ask(world: World, page: Page) -> str:
    """The last press, which puts the text before her colleagues; the address of the proposal."""
    page = world.browser("Amara").submit(page, page.form("step"), {"step": "ask"})
    promise(page.path.startswith("/proposals/"), f"nothing was proposed: {page.status} {page.path}")
    return page.path


def drafted(
    world: World, case_path: str, *, act_at_once: bool = True, everybody: bool = False
) -> Page:
    """What she filled in, with what it would do, as she sees it before she asks.

    With `everybody`, she removes all whom the case is about.
    """
    amara = world.browser("Amara")
    case = id_in(case_path)
    page = opened(amara.get(world.desk("propose", case)), "proposing does not open")
    form = page.form("reason", "pace")
    typed: dict[str, str | list[str] | None] = {
        "reason": REASON,
        "grounds": ["violation"],
        "violations": ["threat"],
        "is_safe": "on",
        "act_at_once": "on" if act_at_once else None,
        "step": "see",
    }
    if everybody:
        typed["step_for_all"] = "revoke"
    return opened(amara.submit(page, form, typed), "the proposal is not complete")


def colleague_agrees(world: World) -> None:
    """Another person reads it and agrees; access and the message are gone from every open screen."""
    amara_cannot = world.browser("Amara")
    page = opened(amara_cannot.get(world.proposal_path), "the proposal does not open")
    agree = world.desk("agree", id_in(world.proposal_path))
    promise(agree not in page.text, "the proposer is offered to agree with herself")
    agree_to(world, world.proposal_path)
    agreed = Concurrence.objects.get(version__proposal=world.proposal)
    promise(world.proposal.state == State.EXECUTED, "it was agreed to, and nothing was done")
    removed = world.streams["Tomas"].wait_for("removed", id=str(world.post))
    seen_by_ana = world.streams["Ana"].wait_for("removed", id=str(world.post))
    world.streams["Karim"].wait_for("cut")
    ended = world.streams["Karim"].wait_until_ended()
    at = seconds(agreed.concurred_at)
    last = max(removed.at, seen_by_ana.at)
    world.timeline.note(
        f"agreement to gone from two other screens: {(last - at) * 1000:.0f} ms, "
        f"to his stream closed: {(ended - at) * 1000:.0f} ms"
    )
    promise(last - at < 1.0, "the message stayed on a screen for more than a second")
    promise(ended - at < 1.0, "his stream stayed open for more than a second")
    room = world.browser("Tomas").get(world.hall_path)
    promise(script.UNKIND not in room.text, "the message is still on the page of the room")
    let_go()


def agree_to(world: World, path: str) -> Page:
    """Luis opens it, reads it, and agrees."""
    luis = world.browser("Luis")
    page = opened(luis.get(path), "Luis cannot open the proposal")
    return opened(luis.submit(page, page.form("version", to="/concurrence")), "agreeing failed")


def steps_are_verified(world: World) -> None:
    """Each step was done once, under its warrant, and looked at afterwards."""
    warrants = Warrant.objects.filter(execution__concurrence__version__proposal=world.proposal)
    eventually(
        lambda: warrants.exists() and not warrants.filter(verified_at=None).exists(),
        "a step was not verified",
    )
    promise(
        Execution.objects.filter(concurrence__version__proposal=world.proposal).count() == 1,
        "it was carried out more than once",
    )
    let_go()


def effect_survives_a_kill(world: World) -> None:
    """Agreed, then the server is killed before the effect; after a restart it happens once."""
    jonas = world.planted.people["Jonas"]
    post = jonas.posts.filter(removed=False, room=world.planted.hall).latest("number")
    flag(world.browser("Ana"), world.public("flag_post", post.id))
    raised = Flag.objects.get(post=post.id)
    let_go()
    path = propose(world, take_up(world, raised), act_at_once=False)
    agree_to(world, path)
    world.server.kill()
    world.proposal_path = path
    promise(world.proposal.state == State.CONCURRED, "it was carried out before it was pressed")
    promise(not Post.objects.get(id=post.id).removed, "the message went before it was pressed")
    let_go()
    world.server.start()
    amara = world.browser("Amara")
    page = opened(amara.get(path), "the proposal does not open after the restart")
    carry_out = page.form(to="/execution")
    for _ in range(2):
        opened(amara.submit(page, carry_out), "carrying out failed after the restart")
    promise(Post.objects.get(id=post.id).removed, "after the restart nothing was done")
    steps_are_verified(world)
