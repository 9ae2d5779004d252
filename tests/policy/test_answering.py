"""How staff answer: by a person, in own words, to the right one, and never with a word that asks for more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from concord.cases.add_party import add_party
from concord.cases.models import Case, Export
from concord.cases.take_up import take_up
from concord.cases.write_note import write_note
from concord.concurrence.contents import read_contents
from concord.concurrence.models import Proposal
from concord.concurrence.propose import revise
from concord.concurrence.terms import Incomplete
from concord.ledger.models import Entry
from concord.letterbox.models import Answer
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.models import Report, State
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, Desk, answers_arrive, case_about_karim, proposed, terms_for

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')


def report(**typed: object) -> str:
    """Somebody sends the form; the code they are shown."""
    found = CODE.search(Browser().open("/report").press("Send", **typed).page)
    assert found
    return found[1]


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def reading(desk: Desk) -> Browser:
    """Somebody of the team with the newest report open."""
    return at_the_desk(desk).open(f"/reports/{Report.objects.first().id}")


def taken_up(cast: Cast) -> Case:
    found = Report.objects.first()
    return take_up(found, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


def typed_in(page: Browser) -> str:
    found = re.search(r'<textarea id="answer"[^>]*>(.*?)</textarea>', page.page, re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.clauses("I-NOCONFRONT-1")
def test_no_invitation_to_meet_reaches_whoever_reported(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    code = report(text="He wrote this.", post=str(post.id))
    page = reading(cast.amara)
    for words in (
        "Thank you. Would you sit down with Karim and one of us?",
        "Merci. Une médiation est possible, et il voudrait vous parler.",
        "شكرا لك. هل تقبل أن تجلس معه؟",
    ):
        page.press("Answer", answer=words)
        assert page.status == 409
        assert page.sees("Nobody who reports is asked to meet, hear from or talk with")
        assert typed_in(page) == words
    assert page.sees("sit down with Karim") is False
    assert not Answer.objects.filter(kind="answer").exists()
    page.press("Answer", answer="Thank you. Is there a place that we should keep him out of?")
    answers_arrive()
    mine = box(code)
    assert mine.sees("a place that we should keep him out of")
    assert mine.sees("You need not answer any question")


@pytest.mark.clauses("I-NOCONFRONT-1")
def test_nothing_is_asked_of_somebody_who_stepped_back(cast: Cast) -> None:
    code = report(text="He wrote again.")
    box(code).follow("Change what you decided").press("Note it")
    case = take_up(
        Report.objects.get(), by=cast.amara.staff, keyring=cast.amara.keyring, at=timezone.now()
    )
    asks = at_the_desk(cast.amara).open(f"/cases/{case.id}")
    assert asks.sees("wants no further part in it: ask them nothing")
    assert asks.sees("The person who reported wants no further part in it")
    page = asks.open(f"/reports/{Report.objects.get().id}")
    page.press("Answer", answer="Thank you. Where was it?")
    assert page.sees("nothing is asked of them")
    assert page.press("Answer", answer="Thank you. We go on with it.").sees("Your answer goes at")


@pytest.mark.clauses("I-SENSITIVE-1")
def test_a_person_answers_first_in_own_words_and_in_time(cast: Cast) -> None:
    code = report(text="What he did to me.", kinds=["sexual"])
    assert box(code).sees("A person answers you: at the latest")
    assert 'id="leave"' in box(code).page
    page = reading(cast.amara)
    covered = page.page.split('<details class="veil"', 1)[1].split("</details>", 1)[0]
    assert "What he did to me." in covered
    assert "What he did to me." not in page.page.replace(covered, "")
    assert page.sees("It can be hard to read")
    page.press("Thanks, and what happens next", answer="Dear you,")
    template = typed_in(page)
    assert template.startswith("Dear you,\n\nThank you for writing to us.")
    page.press("Answer", answer=template)
    assert page.sees("a person answers, not a template")
    assert not Answer.objects.filter(kind="answer").exists()
    assert Report.objects.get().state == State.RECEIVED
    Report.objects.update(answer_by=timezone.now() - timedelta(minutes=1))
    assert alarm_unanswered(None, at=timezone.now()) == 1
    page.press("Answer", answer=template.replace("[…]", "I am Amara, and I read it at once."))
    answers_arrive()
    assert Report.objects.get().state == State.ACKNOWLEDGED
    assert box(code).sees("I am Amara, and I read it at once.")


@pytest.mark.clauses("I-SENSITIVE-1")
def test_an_answer_is_taken_back_without_a_script_and_its_words_are_in_the_form(cast: Cast) -> None:
    code = report(text="He wrote again.")
    page = reading(cast.amara).press("Answer", answer="Dear Tomas, thank you.")
    assert page.sees("Your answer goes at")
    assert page.sees("Dear Tomas, thank you.")
    assert not box(code).sees("Dear Tomas")
    page.press("Take it back")
    assert page.sees("Nobody has read it")
    assert typed_in(page) == "Dear Tomas, thank you."
    answers_arrive()
    assert not box(code).sees("Dear Tomas")
    page.press("Answer", answer="Thank you.")
    answers_arrive()
    assert page.open(page.path.partition("#")[0]).sees("the team")
    assert page.post(f"/reports/{Report.objects.get().id}/answer/back").sees("It has gone")
    assert box(code).sees("Thank you.")


@pytest.mark.clauses("K-CONF-1")
def test_what_belongs_to_another_case_is_asked_about_before_it_goes_anywhere(cast: Cast) -> None:
    other = case_about_karim(cast)
    who = {"by": cast.amara.staff, "at": cast.at}
    add_party(other, role="witness", name="Sara Lindqvist", **who)
    code = report(text="Somebody shouted at me.")
    case = taken_up(cast)
    page = reading(cast.amara)
    assert page.sees(f"To the person who wrote report {Report.objects.get().code}")
    for paste in (f"As in {other.code}, we look at it.", "Thank you, Sara Lindqvist."):
        assert page.press("Answer", answer=paste).sees("belongs to another case")
        assert typed_in(page) == paste
    assert page.press("Answer", answer="Thank you, Sara Lindqvist.", meant="Sara Lindqvist").sees(
        "Your answer goes at"
    )
    answers_arrive()
    assert box(code).sees("Thank you, Sara Lindqvist.")
    notes = page.open(f"/cases/{case.id}")
    assert notes.sees("stays inside the team")
    notes.press("Keep the note", text=f"See {other.code}")
    assert notes.sees("is another one")
    assert not case.notes.exists()
    notes.press("Keep the note", text=f"See {other.code}", meant=other.code)
    assert case.notes.count() == 1


@pytest.mark.clauses("V-CONFID-1", "K-NOTES-1", "K-PRIV-1")
def test_a_copy_of_a_case_tells_whose_it_is_and_holds_no_names_and_no_notes(cast: Cast) -> None:
    case = case_about_karim(cast)
    write_note(
        case, text="I am worried.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    )
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    copies = {}
    for desk, browser in ((cast.amara, amara), (cast.luis, luis)):
        page = browser.open(f"/cases/{case.id}").press("Make the copy")
        taken = Export.objects.get(person=desk.id)
        assert f"Copy {taken.number} of case {case.code}" in page.words
        assert f"made for {desk.staff.working_name}" in page.words
        assert page.words.count(taken.number) > case.sources.count() + 1
        assert "He wrote this to me" in page.words
        assert "Karim" not in page.page
        assert "I am worried." not in page.page
        copies[desk.id] = taken.number
    entries = Entry.objects.filter(verb="cases.export", subject=case.id)
    assert {one.actor: one.facts["number"] for one in entries} == copies
    amara.open(f"/cases/{case.id}")
    assert all(amara.sees(number) for number in copies.values())
    assert amara.press("Make the copy", with_notes="yes").sees("I am worried.")
    assert at_the_desk(cast.ravi).post(f"/cases/{case.id}/copy").status == 404


@pytest.mark.clauses("K-WISH-1")
def test_wishes_come_first_and_a_proposal_says_whether_it_keeps_to_them(cast: Cast) -> None:
    post = cast.say(cast.karim, "Go away, all of you")
    code = report(text="He wrote this.", post=str(post.id), wishes="Please do not shut him out.")
    case = taken_up(cast)
    amara = at_the_desk(cast.amara)
    for path in (f"/cases/{case.id}", f"/reports/{Report.objects.get().id}"):
        words = amara.open(path).words
        assert words.index("Please do not shut him out.") < words.index("Show ")
    amara.open(f"/cases/{case.id}/propose")
    assert amara.sees("Please do not shut him out.")
    amara.press("See what it does", reason="He drove people away.", is_safe="on", grounds="risk")
    assert amara.sees("Say whether this keeps to what was wished")
    for silent in ("", "because"):
        with pytest.raises(Incomplete):
            proposed(cast, case, departure=silent, departure_reason="It is better so.")
    with pytest.raises(Incomplete):
        proposed(cast, case, departure="law", departure_reason=" ")
    assert not Proposal.objects.exists()
    proposal = proposed(cast, case, departure="community", departure_reason="Others are at risk.")
    asked = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert asked.sees("Please do not shut him out.")
    assert asked.sees("The community has to be protected: Others are at risk.")
    assert not asked.sees("was changed after this was written")
    choices = box(code).follow("Change what you decided")
    choices.press("Change it", wishes="Not tonight, he is in the flat.")
    assert amara.open("/").sees("They wrote again")
    for desk in (asked, amara):
        page = desk.open(f"/proposals/{proposal.id}")
        assert page.sees("What they wish was changed after this was written.")
        assert page.sees("Read what they wish now")  # Luis is the deputy
    assert amara.open(f"/reports/{Report.objects.get().id}").sees("They changed what they wish")
    assert not amara.open("/").sees("They wrote again")
    assert amara.open(f"/cases/{case.id}").sees("The person who reported changed what they wish")
    terms = terms_for(cast, departure="keeps")
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": timezone.now()}
    revise(proposal, terms=terms, **who)
    asked.open(f"/proposals/{proposal.id}")
    assert asked.sees("Not tonight, he is in the flat.")
    assert not asked.sees("was changed after this was written")


def departing(cast: Cast, *, hear: str = "answer", **why: str) -> tuple[str, Proposal]:
    """A proposal that departs from a wish; with it the code of whoever wished."""
    post = cast.say(cast.karim, "Go away, all of you")
    code = report(text="He wrote.", post=str(post.id), wishes="Do not shut him out.", hear=hear)
    because = {"departure": "law", "departure_reason": "A court order.", **why}
    return code, proposed(cast, taken_up(cast), **because)


@pytest.mark.clauses("K-LIMIT-1", "K-WISH-1")
def test_whoever_wished_otherwise_hears_of_a_departure_before_it_happens(cast: Cast) -> None:
    code, proposal = departing(cast)
    assert proposal.state == "proposed"
    page = box(code)
    assert page.sees("The law leaves no choice")
    assert page.sees("Nothing has been done yet")
    assert "court order" not in page.page
    contents = read_contents(proposal.version, keyring=cast.amara.keyring)
    assert contents["texts"]["departure"] == "law"
    revise(
        proposal,
        terms=terms_for(cast, departure="law", departure_reason="A court order, as I said."),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    assert box(code).words.count("Nothing has been done yet") == 1


@pytest.mark.clauses("K-LIMIT-1")
@pytest.mark.parametrize(
    ("hear", "untold"), [("nothing", ""), ("answer", "He reads their screen.")]
)
def test_not_whoever_wants_to_hear_nothing_or_for_whom_it_is_not_safe(
    cast: Cast, hear: str, untold: str
) -> None:
    code, _proposal = departing(cast, hear=hear, untold=untold)
    assert not box(code).sees("The law leaves no choice")
