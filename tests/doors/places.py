"""The pages of the house, with somebody at each: an event in full course, and whose browser opens what, and how.

`house()` lays it out through the product's own verbs and pages. `PUBLIC` and `DESK` are the pages; a page that only
an answer shows, as a code, is come to by pressing its button.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from concord.access.models import Notice
from concord.actions.models import ByHand, LaterMember, ReviewRequest
from concord.cases.decide_no_action import decide_no_action
from concord.cases.follow_up import follow_up
from concord.cases.hand_over import hand_over
from concord.cases.models import Case, NoAction
from concord.cases.take_up import take_up
from concord.concurrence.concur import concur
from concord.concurrence.look_again import look_again
from concord.concurrence.models import Decision, Proposal
from concord.concurrence.terms import Target
from concord.convenings.models import Registration
from concord.convenings.register import register
from concord.evasion.apply_return import apply_return
from concord.improvement.models import DrillRecord
from concord.ledger.note_head import note_head
from concord.monitoring.bring_list import bring_list
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import PassingName
from concord.names import fold
from concord.people.ask_to_end import ask_to_end
from concord.people.begin_recovery import begin_recovery
from concord.people.keep_draft import Typed, keep_draft
from concord.people.models import Login
from concord.people.name_organisation import name_organisation
from concord.people.note_organisation import note_organisation
from concord.reports.models import Attachment, NewCode, Question, Report
from concord.reports.tests.files import brought, document, photograph
from concord.spaces.offer_help import offer_help
from concord.vault import ceremony, recovery
from tests.browsing import Browser, at_the_desk
from tests.cast import (
    PASSPHRASES,
    Cast,
    answers_arrive,
    assessed,
    left_as_it_is,
    login_by_mailbox,
    opened,
    participant,
    proposed,
    stage,
)

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z -]{20,30})</bdi>')


OPEN = "document.querySelectorAll('main details').forEach((one) => { one.open = true })"


@dataclass
class House:
    """What there is to open, and each person's cookies."""

    cast: Cast
    ids: dict[str, Any]
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def become(self, context: BrowserContext, who: str, *, desk: bool) -> None:
        """Let this browser be somebody's, or nobody's."""
        context.clear_cookies()
        kept = self.cookies.get(who, {})
        host = "desk.localhost" if desk else "localhost"
        context.add_cookies(
            [
                {
                    "name": name,
                    "value": value,
                    "domain": host,
                    "path": "/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
                for name, value in kept.items()
            ]
        )


class Place(NamedTuple):
    """A page: its name, its address with `{ids}` in it, whose browser opens it, and what is done there first."""

    name: str
    path: str
    who: str = ""
    act: Callable[[Page], None] | None = None

    def open(self, page: Page, at: str, house: House) -> None:
        page.goto(at + self.path.format(**house.ids))
        if self.act is not None:
            self.act(page)


def press(form: str, *, undo: str = "", **typed: str) -> Callable[[Page], None]:
    """Type into the page and send the form whose address ends like this."""

    def act(page: Page) -> None:
        for name, words in typed.items():
            field = page.locator(f"main [name={name}]")
            if field.count():  # whoever flagged it before is shown how it stands instead
                field.first.fill(words)
        for end in [undo, form] if undo else [form]:
            button = page.locator(
                f'main form[action$="{end}"] button, main form:not([action]) button'
            )
            if button.count():
                with page.expect_navigation():
                    button.first.evaluate("one => { one.form.noValidate = true; one.click() }")

    return act


def bring(page: Page) -> None:
    """A schedule in which one session is new, one is moved, and one title stands twice."""
    day = "2031-03-01 09:00,2031-03-01 10:00"
    table = f"name,starts,ends\nHall 1,{day}\nLunch,{day}\nLunch,{day}\n"
    page.set_input_files(
        "#file", {"name": "s.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    with page.expect_navigation():
        page.locator("main form:has(#file) button").click()


PUBLIC = [
    Place("home", "/"),
    Place("event", "/e/votes"),
    Place("event-inside", "/e/votes", "sara"),
    Place("register", "/e/votes/register"),
    Place("register-empty", "/e/votes/register", "", press("/register")),
    Place("own-name", "/e/votes/name", "sara"),
    Place("you", "/you", "sara"),
    Place("acknowledge", "/e/votes/policy", "newcomer"),
    Place("policy", "/policy"),
    Place("sign-in", "/in"),
    Place("sign-in-code", "/in/code"),
    Place("guidelines", "/s/{hall}/guidelines", "sara"),
    Place("room", "/r/{hall}", "sara"),
    Place("room-reading", "/r/{annex}", "held"),
    Place("room-text-only", "/r/{hall}?light=1", "sara"),
    Place("room-slowly", "/r/{hall}", "held"),
    Place("room-asked-to-leave", "/r/{hall}", "asked"),
    Place("notice", "/r/{hall}/told/{notice}", "asked"),
    Place("thread", "/r/{hall}?thread=1", "sara"),
    Place("flag", "/p/{post}/flag", "sara"),
    Place("flag-moment", "/r/{hall}/flag", "sara"),
    Place("flag-own", "/p/{looked_at}/flag", "sara"),
    Place("flagged", "/p/{post}/flag", "tomas", press("", words="Please look at this.")),
    Place("help", "/help"),
    Place("report", "/report?from=/r/{hall}"),
    Place("code", "/report", "", press("/report", text="He wrote that I should be afraid.")),
    Place("box-shut", "/report/box"),
    Place("box", "/report/box", "reporter"),
    Place("box-fresh", "/report/box", "another"),
    Place("choices", "/report/box/choices", "reporter"),
    Place("proof", "/report/box", "reporter", press("/box/proof")),
    Place("support-code", "/report/box", "another", press("/box/beside", undo="/beside/remove")),
    Place("beside-first", "/report/box", "beside-first"),
    Place("beside", "/report/box", "beside"),
    Place("feedback", "/report/box/afterwards", "reporter"),
    Place("hidden", "/hidden", "sara"),
    Place("names", "/r/{hall}/names", "sara"),
    Place("names-kept", "/r/{hall}/names", "sara", press("/names", name="Zephyrine Quill")),
    Place("asked-first", "/r/{hall}", "sara", press("/post", text="Call her on +44 7911 123456")),
    Place("shelf", "/report/box/kept", "outside"),
    Place("shelf-report", "/report/box/kept/{outside_report}", "outside"),
    Place("kept-cases", "/report/box/kept/cases", "outside"),
    Place("kept-reviews", "/report/box/kept/reviews", "outside"),
    Place("ask", "/ask"),
    Place("ask-code", "/ask", "", press("/ask", words="May I use a pseudonym?")),
    Place("ask-box-shut", "/ask/box"),
    Place("ask-box", "/ask/box", "asker"),
    Place("review", "/review"),
    Place("review-code", "/review", "", press("", words="I only quoted somebody.")),
    Place("review-box", "/review/box", "reviewer"),
    Place("refused", "/r/{hall}", "karim"),
    Place("ledger", "/ledger"),
    Place("not-there", "/nothing/here"),
]

DESK = [
    Place("desk-sign-in", "/in"),
    Place("desk-lost", "/lost"),
    Place("desk-lost-wrong", "/lost", "", press("", code="AAAA BBBB")),
    Place("desk-lost-choose", "/lost", "lost"),
    Place("desk-lost-wait", "/lost", "lost-waits"),
    Place("locked", "/locked", "locked"),
    Place("inbox", "/", "amara"),
    Place("inbox-empty", "/", "ravi"),
    Place("watch", "/watch", "amara"),
    Place("watch-room", "/watch?room={hall}", "amara"),
    Place("seen-elsewhere", "/reports/elsewhere", "amara"),
    Place("hosting", "/rooms/{hall}", "amara"),
    Place("all-guidelines", "/events/votes/guidelines", "amara", press("", text="Listen.")),
    Place("import", "/events/votes/import", "amara", bring),
    Place("people-file", "/events/votes/people", "amara", press("")),
    Place("on-shift", "/on-shift", "amara"),
    Place("screening", "/events/votes/screening", "amara"),
    Place(
        "screening-tried",
        "/events/votes/screening",
        "amara",
        press("/try", text="All women are scum"),
    ),
    Place("screening-list", "/screening/{term_list}", "amara"),
    Place("screening-rehearsed", "/screening/{term_list}", "amara", press("?rehearse")),
    Place("screening-words", "/screening/words/fr?shown", "amara"),
    Place("desk-flag", "/flags/{flag}", "amara"),
    Place("case", "/cases/{case}", "amara"),
    Place("case-decided", "/cases/{decided_case}", "amara"),
    Place("ending", "/cases/{left_case}/keeping", "amara"),
    Place("ask-for-deputy", "/cases/{followed_case}/deputy", "amara"),
    Place("following", "/cases/{followed_case}/keeping", "amara"),
    Place("left", "/left/{left}", "noor"),
    Place("propose", "/cases/{case}/propose", "amara"),
    Place("deny_entry", "/cases/{case}/deny", "amara"),
    Place("bar_organisation", "/cases/{case}/organisation", "amara"),
    Place("proposal", "/proposals/{proposal}", "amara"),
    Place("second-yes", "/proposals/{proposal}", "luis"),
    Place("decline", "/proposals/{proposal}/decline", "luis"),
    Place("done", "/proposals/{done}", "luis"),
    Place("decisions", "/decisions", "amara"),
    Place("decision", "/decisions/{decision}", "amara"),
    Place("delete-return", "/returns/{returned}/posts", "amara"),
    Place("lift", "/decisions/{decision}/lifting", "amara"),
    Place("vary", "/decisions/{decision}/vary", "amara"),
    Place("release", "/decisions/{on_several}/release", "amara"),
    Place("decision-on-an-organisation", "/decisions/{on_several}", "amara"),
    Place("later-member", "/later/{later}", "amara"),
    Place("decision-by-hand", "/decisions/{by_hand}", "luis"),
    Place("leave-out", "/proposals/{ladder}", "amara", lambda page: page.evaluate(OPEN)),
    Place("desk-report", "/reports/{report}", "amara"),
    Place("file-picture", "/reports/{report}/files/{picture}", "amara"),
    Place("file-document", "/reports/{report}/files/{document}", "amara"),
    Place("file-uncleaned", "/reports/{report}/files/{uncleaned}", "amara"),
    Place("type-in", "/reports/new", "noor"),
    Place("typed-in", "/reports/new", "noor", press("", text="He waits at the lift.")),
    Place("same", "/reports/{report}/same", "amara"),
    Place("belongs", "/cases/{case}/same", "amara"),
    Place("another-code", "/reports/{report}/code", "amara"),
    Place("question", "/questions/{question}", "noor"),
    Place("classify", "/cases/{case}/kind", "amara"),
    Place("desk-review", "/reviews/{review}", "noor"),
    Place("events", "/events", "amara"),
    Place("plan", "/events/votes", "amara"),
    Place("roster", "/events/votes/roster", "amara"),
    Place("drill-over", "/drills/over", "amara"),
    Place("organisations", "/events/votes/organisations", "amara"),
    Place("person-organisations", "/events/votes/organisations/{sara}", "amara"),
    Place("brakes", "/rooms/{hall}/brakes", "amara"),
    Place("team", "/team", "amara"),
    Place("ties", "/team/ties", "ravi"),
    Place("own-mailbox", "/team/yourself", "luis"),
    Place("own-mailbox-code", "/team/yourself/code", "luis", press("", code="1")),
    Place("take-out", "/recusals", "amara"),
    Place("team-cases", "/cases", "amara"),
    Place("out-of-flag", "/flags/{flag}/recusal", "amara"),
    Place("out-of-proposal", "/proposals/{proposal}/recusal", "noor"),
    Place("reached", "/reached", "amara"),
    Place("passphrase", "/passphrase", "amara"),
    Place("discretion", "/discretion", "amara"),
    Place("leaves", "/team/{noor}/end", "amara"),
    Place("leaving", "/team/{ravi}/leaving", "luis"),
    Place("lost-begin", "/team/{ravi}/lost", "amara"),
    Place("lost-share", "/recovery/{recovery}", "noor"),
    Place("new-share", "/share", "noor"),
    Place("new-share-words", "/share", "noor", press("")),
    Place("kept", "/kept/{kept}", "amara"),
    Place("second-step", "/second", "amara"),
    Place("make-passkey", "/second/passkey", "fresh"),
    Place("desk-policy", "/policy", "amara"),
    Place("desk-not-there", "/nothing", "amara"),
]

PUBLIC_ONCE = [
    Place("policy-version", "/policy/1"),
    Place("link", "/in/" + "A" * 32),
    Place("own-name-wrong", "/e/votes/name", "sara", press("", display_name="x" * 61)),
    Place("you-wrong", "/you", "sara", press("", organisation="x" * 121)),
    Place("report-empty", "/report", "", press("/report")),
    Place("box-wrong", "/report/box", "", press("/box", code="AAAA BBBB")),
    Place("ask-empty", "/ask", "", press("/ask", words="")),
    Place("review-empty", "/review", "", press("", words="")),
]
"""Looked at in one language and one look: a page of before with words about a mistake, or made of the same parts."""

DESK_ONCE = [
    Place("hand-over", "/cases/{case}/hand-over", "amara"),
    Place("asked-to-take", "/handovers/{handover}", "luis"),
    Place("assess", "/cases/{case}/assess", "amara"),
    Place("add-party", "/cases/{case}/people", "amara"),
    Place("recuse", "/cases/{case}/recusal", "amara"),
    Place(
        "propose-see", "/cases/{case}/propose", "amara", press("", reason="It frightens people.")
    ),
    Place("edit-proposal", "/proposals/{proposal}/edit", "amara"),
    Place("export", "/cases/{decided_case}", "amara", press("/copy")),
    Place("closed", "/closed", "amara"),
    Place("learned", "/learned", "amara"),
    Place("session-guidelines", "/sessions/{session}/guidelines", "amara"),
    Place("confirm-keys", "/team/{noor}/keys", "amara"),
    Place("second-code", "/in", "", press("/in", login="luis", password=PASSPHRASES["luis"])),
    Place("second-again", "/in/again", "amara"),
    Place("second-set-up", "/second/set-up", "fresh"),
    Place("second-recovery", "/second/recovery", "fresh"),
    Place("second-recovery-new", "/second/recovery/new", "fresh"),
    Place("locked-wrong", "/locked", "locked", press("/locked", passphrase="not mine")),
    Place("on-shift-empty", "/on-shift", "amara", press("/note", note="")),
    Place("ending-empty", "/cases/{left_case}/keeping", "amara", press("/nothing", why="")),
    Place("delete-return-empty", "/returns/{returned}/posts", "amara", press("", reason="")),
    Place("later-member-empty", "/later/{later}", "amara", press("", reason="")),
    Place("ties-empty", "/team/ties", "ravi", press("")),
    Place("take-out-wrong", "/recusals", "amara", press("", code="AAAA")),
    Place("reached-wrong", "/reached", "amara", press("/letters", address="amara at home")),
]


def _days_of_the_ledger(at: datetime) -> None:
    """Heads of three days; on the one in between none was kept."""
    for back in (1, 2, 4):
        note_head((at - timedelta(days=back)).date(), at=at)


def _on_its_day(decision: Decision) -> Decision:
    """The day has come on which it is looked at again."""
    Decision.objects.filter(id=decision.id).update(review_on=timezone.now().date())
    look_again(None, at=timezone.now())
    return decision


def house(inside: Callable[[Registration], Any]) -> House:
    """Karim is out of the hall; about another thing he wrote a second yes is awaited; two reports came in."""
    cast = stage()
    for words in (
        "The count begins when the queue has gone.",
        "Thank you, that helps.\nAll of you.",
    ):
        cast.say(cast.tomas, words)
    for name in ("Ballot Watch", "مرصد الانتخابات"):
        note_organisation(cast.sara.person, organisation=name, by=cast.amara.staff, at=cast.at)
    name_organisation(cast.sara.person, organisation="Ballot Watch", at=cast.at)
    post = cast.say(cast.sara, "شكرا لكم جميعا")
    decided = _decided(cast)
    waiting = _waiting(cast)
    left = cast.say(cast.tomas, "This is somebody's home address: 4 Mill Lane", room=cast.annex)
    flag = flag_post(left, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    undone = _undone(cast)
    followed = _followed(cast)
    made = House(
        cast,
        {
            "looked_at": undone.case.sources.get().flag.post_id,
            "left": undone.id,
            "left_case": undone.case_id,
            "followed_case": followed.id,
            "hall": cast.hall.id,
            "session": cast.hall.session_id,
            "annex": cast.annex.id,
            "sara": cast.sara.id,
            "post": post.id,
            "term_list": bring_list(
                cast.convening,
                name="Ours",
                language="en",
                blob=b"term\ncount\nqueue\n",
                by=cast.amara.staff,
                at=cast.at,
            ).id,
            "passing": PassingName.objects.create(
                convening=cast.convening, token=b"an everyday word", since=cast.at, flooded=True
            ).id,
            "flag": flag.id,
            "case": waiting.case_id,
            "proposal": waiting.id,
            "decided_case": decided.case_id,
            "done": decided.id,
            "decision": _on_its_day(Decision.objects.get(case=decided.case)).id,
        },
    )
    _days_of_the_ledger(cast.at)
    _participants(made, inside)
    _ladder(made, inside)
    _returned(made)
    staff = {name: at_the_desk(getattr(cast, name)) for name in ("amara", "luis", "noor", "ravi")}
    for name, browser in staff.items():
        made.cookies[name] = _cookies(browser)
    _organisation(made)
    _reports(made, staff["amara"])
    _outside(made)
    _review(made)
    _question(made, staff["noor"])
    _locks_and_losses(made)
    return made


def _undone(cast: Cast) -> NoAction:
    """Amara finds that nothing needs to be done about what Tomas wrote, and waits for a colleague."""
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    return decide_no_action(
        assessed(cast, _about(cast, "Go and dance, all of you!")), reason="It is a song.", **who
    )


def _followed(cast: Cast) -> Case:
    """Two left it as it is, a week is over, and only Amara is left who can open it."""
    case = left_as_it_is(cast, _about(cast, "Dance again!"))
    Case.objects.filter(id=case.id).update(deputy=None)
    begun = follow_up(case, by=cast.amara.staff, at=cast.at)
    first = begun.check_ins.all()[0]
    begun.check_ins.filter(id=first.id).update(due_on=cast.at.date())
    return case


def _about(cast: Cast, words: str) -> Case:
    post = cast.say(cast.tomas, words, room=cast.annex)
    raised = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    return take_up(judge_credible(raised, credible=True, reason="Rude?", **who), **who)


def _decided(cast: Cast) -> Proposal:
    proposal = proposed(cast)
    concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    return proposal


def _waiting(cast: Cast) -> Proposal:
    post = cast.say(cast.karim, "I know where you live.", room=cast.annex)
    raised = flag_post(post, words="Help", by=cast.sara.person_id, by_staff=False, at=cast.at)
    judged = judge_credible(
        raised,
        credible=True,
        reason="It is a threat.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    case = take_up(judged, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    until = cast.later(hours=24)
    out = Target(
        "revoke",
        cast.karim.person_id,
        "Karim Haddad",
        scope_kind="session",
        scope_id=cast.annex.session_id,
        until_at=until,
    )
    deleted = Target("delete", post.id, f"Hall 2, {post.number}")
    return proposed(cast, case, targets=(out, deleted))


def _participants(made: House, inside: Callable[[Registration], Any]) -> None:
    cast = made.cast
    login = login_by_mailbox("new@example.org")
    newcomer = register(
        cast.convening, person=login.person, display_name="A very new person", at=cast.at
    )
    for name, who in (("sara", cast.sara), ("tomas", cast.tomas), ("karim", cast.karim)):
        made.cookies[name] = {key: one.value for key, one in inside(who).cookies.items()}
    made.cookies["newcomer"] = {key: one.value for key, one in inside(newcomer).cookies.items()}


def _returned(made: House) -> None:
    """Karim wrote in the hall behind another login, too."""
    cast = made.cast
    again = participant(cast.convening, "A new face", "nobody@example.org", cast.at)
    again.person.logins.update(canonical_token=cast.karim.person.logins.get().canonical_token)
    for words in ("The same words once more", "لا أحد يريدك هنا"):
        cast.say(again, words)
    match = apply_return(
        Decision.objects.get(id=made.ids["decision"]),
        person=again.person_id,
        posts=[],
        reason="Same mailbox, same words.",
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    made.ids["returned"] = match.id


def _ladder(made: House, inside: Callable[[Registration], Any]) -> None:
    """Somebody only reads in the annex and writes slowly in the hall; somebody is asked to leave the hall."""
    cast = made.cast
    held = participant(cast.convening, "Marta Ilves", "marta@example.org", cast.at)
    asked = participant(cast.convening, "Joao Prates", "joao@example.org", cast.at)
    for name, who in (("held", held), ("asked", asked)):
        made.cookies[name] = {key: one.value for key, one in inside(who).cookies.items()}
    Login.objects.filter(person=asked.person_id).update(address_sealed=None)
    offer_help(asked.person_id, convening=cast.convening, at=cast.at)
    post = cast.say(held, "Be quiet, all of you.")
    raised = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    desk: dict[str, Any] = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    judged = judge_credible(raised, credible=True, reason="It silences people.", **desk)
    steps = [("mute", held, cast.annex, {}), ("limit", held, cast.hall, {"pace": 10})]
    targets = [
        Target(
            kind,
            who.person_id,
            who.display_name,
            "session",
            room.session_id,
            cast.later(hours=24),
            detail=detail,
        )
        for kind, who, room, detail in [
            *steps,
            ("ask", asked, cast.hall, {}),
            ("other", asked, cast.hall, {"words": "Call him.", "hand": str(cast.luis.id)}),
        ]
    ]
    case = take_up(judged, **desk)
    proposal = proposed(cast, case, targets=tuple(targets))
    concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    made.ids["notice"] = Notice.objects.get().id
    made.ids["ladder"] = proposal.id
    made.ids["handover"] = hand_over(case, to=cast.luis.staff, **desk).id
    made.ids["by_hand"] = ByHand.objects.get().decision_id


def _organisation(made: House) -> None:
    """Two of it lose access, a third says later that they belong to it; and a drill was held."""
    cast, name = made.cast, "Northern Alliance of Observers"
    belongs = {"name": name, "folded": fold(name)}
    where: dict[str, Any] = {"scope_kind": "all", "review_on": cast.later(days=90).date()}
    known = [
        participant(cast.convening, who, f"{who.lower()}@northern.example", cast.at)
        for who in ("Ada", "Bo")
    ]
    members = [
        Target(
            "member",
            one.person_id,
            one.display_name,
            **where,
            detail={**belongs, "how": ["listed"]},
        )
        for one in known
    ]
    steps = (*members, Target("organisation", uuid4(), name, **where, detail=belongs))
    proposal = proposed(cast, _about(cast, "They paid people to shout."), targets=steps)
    agreed = concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    made.ids["on_several"] = agreed.execution.decision.id
    eve = participant(cast.convening, "Eve", "eve@elsewhere.example", cast.at)
    name_organisation(eve.person, organisation=name, at=cast.later(seconds=1))
    made.ids["later"] = LaterMember.objects.get().id
    for back, agreed_after in ((40, 260), (9, None)):
        DrillRecord.objects.create(
            held_on=(cast.at - timedelta(days=back)).date(),
            people_asked=4,
            looked=70,
            proposed=150,
            agreed=agreed_after,
            verified=agreed_after,
        )


def _reports(made: House, amara: Browser) -> None:
    first, second, third = (
        _told(words) for words in ("He wrote again.", "And again.", "Once more.")
    )
    report = Report.objects.order_by("received_at").first()
    assert report is not None
    for name, content in (
        ("photo of the screen.jpg", photograph(640, 480)),
        ("letter.pdf", document()),
        ("recording of everything that was said in the hall on Tuesday.m4a", b"x" * 70_000),
    ):
        brought(report, content, made.cast.at, name)
    files = Attachment.objects.filter(report=report).order_by("number")
    made.ids |= dict(
        zip(("picture", "document", "uncleaned"), (each.id for each in files), strict=True)
    )
    made.ids["report"] = report.id
    NewCode.objects.create(report=report, by_staff=made.cast.luis.id, made_at=timezone.now())
    amara.open(f"/reports/{report.id}").press("Answer", answer="Thank you for telling us.")
    answers_arrive()
    amara.open(amara.path.partition("#")[0])
    amara.press("Answer", answer="We look at it now; you need do nothing more.")
    answers_arrive()
    theirs = _box(first).press("Make a code")
    beside = _box(_code_on(theirs)).press("I keep it to myself")
    made.cookies["reporter"] = _cookies(_box(first).press("Share it with the person"))
    made.cookies["beside"] = _cookies(beside)
    made.cookies["beside-first"] = _cookies(_box(_code_on(_box(second).press("Make a code"))))
    made.cookies["another"] = _cookies(_box(third))


def _outside(made: House) -> None:
    _code_on(Browser().open("/report").press("Send it", text="One of you did.", about_team="on"))
    made.ids["outside_report"] = Report.objects.get(outside=True).id
    theirs = _box(made.cast.outside_code).press("I keep it to myself")
    made.cookies["outside"] = _cookies(theirs)


def _review(made: House) -> None:
    page = Browser().open("/review").press("Send it", words="I only quoted somebody.")
    opened_box = Browser().open("/review/box").press("Open", code=_code_on(page))
    made.cookies["reviewer"] = _cookies(opened_box)
    made.ids["review"] = ReviewRequest.objects.get().id


def _question(made: House, noor: Browser) -> None:
    page = Browser().open("/ask").press("Send it", words="May I bring somebody along?")
    made.ids["question"] = Question.objects.get().id
    noor.open(f"/questions/{made.ids['question']}").press("Send the answer", answer="Yes, do.")
    opened_box = Browser().open("/ask/box").press("Open", code=_code_on(page))
    made.cookies["asker"] = _cookies(opened_box.press("Send it", words="Two of them?"))


def _locks_and_losses(made: House) -> None:
    """Ines has locked her desk and means to make a passkey; Luis and Ravi lost their passphrases; shares wait."""
    cast = made.cast
    at = timezone.now()
    typed = Typed("/team", f"/reports/{made.ids['report']}/answer", [("answer", "Thank you for")])
    draft = keep_draft(cast.amara.id, typed, was_sent=True, at=at)
    made.ids |= {"kept": draft.id if draft else None, "ravi": cast.ravi.staff.id}
    made.ids["noor"] = cast.noor.staff.id
    ask_to_end(cast.ravi.staff, by=cast.amara.staff, at=at)
    ines = at_the_desk(cast.ines)
    again, once_more = RecoveryCodes.activate(cast.ines.login).get_unused_codes()[:2]
    made.cookies["fresh"] = _cookies(ines.open("/second/passkey").press("Go on", code=again))
    begun = [
        begin_recovery(
            who.staff,
            hands_to=[cast.amara.staff, cast.noor.staff, cast.ines.staff],
            by=cast.amara.staff,
            at=at,
        )
        for who in (cast.luis, cast.ravi)
    ]
    for name, one in zip(("lost-waits", "lost"), begun, strict=True):
        theirs = Browser("desk.localhost").open("/lost").press("Go on", code=one.code)
        if name == "lost-waits":
            words = "plastic lantern gravel ostrich harbour"
            theirs.press("Take it", new=words, again=words)
        made.cookies[name] = _cookies(theirs)
    made.ids["recovery"] = begun[0].ceremony.id
    key = recovery.in_force(recovery.combine(cast.shares[:2]))
    ceremony._hand_over(cast.shares[2], holder=cast.noor.id, key=key.id, at=at)
    second = Browser("desk.localhost").open("/in")
    second.press("Sign in", login="ines", password=PASSPHRASES["ines"])
    second.press("Sign in", code=once_more)
    made.cookies["locked"] = _cookies(second.press("Lock"))


def _told(words: str) -> str:
    return _code_on(
        Browser().open("/report").press("Send it", text=words, when="Yesterday evening")
    )


def _box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def _code_on(browser: Browser) -> str:
    found = CODE.search(browser.page)
    assert found, browser.words
    return found[1]


def _cookies(browser: Browser) -> dict[str, str]:
    return {name: one.value for name, one in browser.client.cookies.items()}
