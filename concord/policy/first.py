"""The first policy, in our own words: what a host publishes as version 1, or writes their own after.

Built from settings and from the lists in `violations`, so that the text names every kind and every ground, and the
periods that the host's clocks keep. What the software cannot do yet, the text says; a host who publishes it promises
nothing that is not so.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from concord.people.team_name import team_name_within
from concord.policy.violations import GROUNDS, KINDS

LANGUAGE = "en"
TITLE = "Code of conduct and privacy policy"
CREDIT = "Adapted from the guidelines that Access Now made for RightsCon 2020, with our thanks."
CONTACT_DAYS, ENDLESS_MONTHS = 90, 24
"""What the clocks of `cases` keep for everybody, and no setting changes; a story compares them."""


def first_text() -> dict[str, Any]:
    """The title and sections of the first policy, as `publish_version` takes them under "en"."""
    with translation.override(LANGUAGE):
        return {"title": TITLE, "sections": _sections()}


def _section(heading: str, *paragraphs: str, points: list[str] | None = None) -> dict[str, Any]:
    return {"heading": heading, "paragraphs": list(paragraphs), "points": points or []}


def _sections() -> list[dict[str, Any]]:
    host, team = settings.CONCORD_HOST_NAME, team_name_within()
    addresses, posts = settings.CONCORD_KEEP_ADDRESSES_DAYS, settings.CONCORD_KEEP_POSTS_DAYS
    months, codes = settings.CONCORD_KEEP_CASES_MONTHS, settings.CONCORD_KEEP_CODES_DAYS
    return [
        _section(
            "What this is for",
            f"{host} holds events at which everyone can speak without fear of being threatened or paid back "
            "for it. When we plan an event, this comes before everything else.",
            "We treat one another with dignity, decency and respect. We do not tolerate harassment in any "
            "form, whatever ground it is based on:",
            points=[str(name) for name in GROUNDS.values()],
        ),
        _section(
            "Whom it binds",
            "Everyone who takes part: participants, speakers, partners, sponsors, press, and our own staff."
            " You confirm that you have read the version in force before you first enter, and again when it"
            " changes.",
            "Whoever is found to have acted against this policy may be asked to leave, or may lose access.",
        ),
        _section(
            "Who can come, and how we meet",
            "Many of our events are open: anyone can register with a name of their choice and an e-mail "
            "address, and pronouns or an organisation if they like; we ask for nothing else about you. An "
            "organisation is seen by our staff alone. Some people take a considerable risk by being here, so "
            "no page lists who attends, not even for our staff.",
            "Every session has guidelines of its own on how to take part. They come to you by letter ahead, "
            "and you see them before you enter its room.",
        ),
        _section(
            "What is a violation",
            "Harassment, sexual harassment included, is anything said, shown or done to threaten, "
            "intimidate, silence or coerce. It includes:",
            points=[f"{kind.name}. {kind.words}" for kind in KINDS.values()],
        ),
        _section(
            "Where it applies",
            "In every virtual event of ours and every space that belongs to it. We also look at conduct "
            "elsewhere when it is reported to us and goes against what this policy stands for. Our "
            "decisions rest on conduct that was reported or flagged, and are judged by the version in force"
            " when it happened.",
        ),
        _section(
            "How to tell us",
            "If you are harassed, see somebody else being harassed, or are worried about anything else, "
            "tell us as soon as you can. It takes courage, and those who need to speak often have the least"
            " power to. You can use the page “Report”, without an account, or write to "
            f"{settings.CONCORD_REPORT_ADDRESS}. What you send by the page is sealed as soon as it arrives; a letter "
            "travels as e-mail does, and others on its way may be able to read it. There is no time limit.",
            "Designated people of our staff receive reports and follow a set procedure. You may leave a way"
            " to reach you, ask to be told what was done, or do neither. Tell it in whatever way feels "
            "right to you, and have somebody with you to support you: on the page you make them a code of their "
            "own, with which they read the answers that you share and nothing else, until you end it; keep yours "
            "to yourself. You can copy somebody in on a letter. On the page you may say "
            "who of us must not read it. You will never be asked to face anybody, nor to take part in what "
            "we do about it.",
        ),
        _section(
            "How we respond",
            "Besides answering reports, our staff watch over live events, chats and public social media "
            "posts about them. Watching is for spaces, not for people: no profile of anybody is kept. In our rooms a "
            "machine reads along and shows our staff messages that look like a threat or an attack; it hides nothing "
            "and decides nothing.",
            "When a violation that needs action is flagged, one of us coordinates. Before anything is done,"
            " at least one other member of our staff must agree to exactly that step. Then we act to calm "
            "the situation, which may mean:",
            points=[
                "a warning by letter, which says what has to change;",
                "asking somebody to leave, which they may do or not;",
                "letting somebody write more slowly, or only read, for a while;",
                "revoking somebody's access to a session, an event, or all of our events;",
                "deleting posts or comments;",
                "something else that fits better, which one of us does by hand and puts on record;",
                (
                    "telling the organisation of the person concerned, when that is practicable; the "
                    "software we use does not send such letters yet."
                ),
            ],
        ),
        _section(
            "When access can be revoked or refused",
            "At any time, after careful thought, and never lightly, when a person or their organisation:",
            points=[
                (
                    "is a threat or a risk to anybody in our community, our staff or our partners that we "
                    "cannot accept;"
                ),
                "was found to have acted against this policy;",
                "is involved in something illegal, unethical or violent; or",
                "otherwise acts against what we stand for.",
            ],
        ),
        _section(
            "If somebody comes back under another name",
            "When we have reason to believe that somebody uses a new login to go on as before, we revoke "
            "access or delete posts again at once, under the decision already made and without asking a "
            "second person anew. This never goes further than that decision, and ends with it. Whoever is "
            "affected can ask for a review, or tell us that we have the wrong person.",
        ),
        _section(
            "Survivors are not named",
            "We do not name a survivor to anybody without their own clear yes, given for that very text and"
            " reader. Silence is not a yes, and a yes can be taken back. The software we use holds back every"
            " text in which it finds a name that must not leave; it cannot send one even with a yes yet.",
        ),
        _section(
            "What stays confidential",
            "During a report and after it, we and all involved protect what we are told, the privacy of "
            "everyone concerned, and the wishes of the person who reported, as far as the law, the safety "
            "of what is done, and the protection of the community allow. Reports, notes and copies of what "
            "was written are sealed, and open only to those who handle the report; the law that applies may "
            "set limits to this.",
            f"We keep little and erase it soon: {addresses} days after an event ended, the name you took part under "
            f"and your address, unless another event still needs it; {posts} days after it, what was written in its "
            "rooms. Where something was reported or deleted, an empty place stays. While a decision about "
            "somebody is in force, we keep signs made from their address that do not show it, so that we "
            "know them again. Backups may hold what was erased for up to 35 days more.",
            "What nobody has answered is not erased. A case is erased, with its reports and its copies of what was "
            f"written, {months} months after it was closed, or after what was decided in it ended; where that has no "
            f"end, {ENDLESS_MONTHS} months after closing. What lets a deletion be taken back stays while the decision "
            "does. A question to us, and what we found to need no action, is erased "
            f"{months} months after we said so. How to reach you is erased {CONTACT_DAYS} days after the case was "
            f"closed; your code opens nothing any more {codes} days after it was last used. A case that the law, or "
            "somebody's protection, makes us hold is kept until that is over.",
        ),
        _section(
            "Changes, questions, and thanks",
            "Each version has a number and a day from which it is in force; it is never altered, and "
            "earlier ones stay readable. We do our best to tell everybody concerned about a change: whoever comes "
            "in next is shown the new version and asked to confirm it.",
            f"Questions about this policy and thoughts on it go to {settings.CONCORD_POLICY_ADDRESS}. They "
            f"are read by {team}.",
        ),
    ]
