"""Any place, any time, any language, told by any way: it reaches a person, and only a person can end it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from concord.convenings.models import Registration
from concord.ledger.models import Entry
from concord.letters.models import Letter
from concord.outbox.registry import handler_of, periods
from concord.people.models import StaffMember
from concord.people.tests.team import Mailbox
from concord.policy.violations import GROUNDS, KINDS
from concord.reports.models import Report, State
from concord.reports.read_report import read_report
from concord.reports.receive_report import alike_token
from tests.browsing import Browser, at_the_desk, forms_of
from tests.cast import Cast, case_about_karim
from tests.policy.test_policy_contact import answer

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
BURMESE = "သူက ကျွန်မကို ခြိမ်းခြောက်တယ်။"


@pytest.mark.clauses("S-BEYOND-1", "I-REVIEW-1")
def test_what_happened_outside_reaches_a_person_and_is_closed_by_no_rule(cast: Cast) -> None:
    Browser().open("/report").press(
        "Send",
        text="He followed me home after the party of another group.",
        where="In the street, nowhere near you",
        when="In the winter eleven years ago",
    )
    report = Report.objects.get()
    assert at_the_desk(cast.luis).open("/").sees(report.code)
    much_later = timezone.now() + timedelta(days=30)
    for name in (name for name in periods() if name.startswith("reports.")):
        handler_of(name)(None, at=much_later)
    report.refresh_from_db()
    assert report.state == State.RECEIVED
    answer(cast, report)
    amara = at_the_desk(cast.amara).open(f"/reports/{report.id}")
    amara.press("Set it aside", reason="It was outside.")
    report.refresh_from_db()
    assert report.state == State.ACKNOWLEDGED
    assert amara.open("/").sees(report.code)


@pytest.mark.clauses("P-GROUNDS-1", "V-COMMENT-1", "V-DEF-1")
def test_staff_choose_among_all_eleven_grounds_and_nobody_who_takes_part_is_asked(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}").follow("Say what it is about")
    assert len(GROUNDS) == 11
    amara.press("Keep it", kinds=list(KINDS), grounds=list(GROUNDS))
    for words in (*GROUNDS.values(), *(kind.name for kind in KINDS.values())):
        assert amara.sees(str(words))
    assert b"religion" not in bytes(type(case).objects.get().classified or b"")
    amara.follow("Change it").press("Keep it", kinds=["outing"], grounds=["religion"])
    assert amara.sees("Outing · religion")
    asked = {name for path in ("/e/votes/register", "/in") for name in _asked_at(path)}
    columns = {field.name for field in Registration._meta.get_fields()}
    assert not (asked | columns) & {*GROUNDS, "ground", "grounds", "sex", "country", "birthday"}
    words = "|".join(str(each) for each in GROUNDS.values())
    assert not re.search(rf"\b(?:{words})\b", Browser().open("/e/votes/register").words)


def _asked_at(path: str) -> set[str]:
    return {name for form in forms_of(Browser().open(path).page) for name in form.fields}


@pytest.mark.clauses("I-ANYWAY-1", "I-SENSITIVE-1")
def test_nobody_reads_burmese_and_no_word_of_it_leaves(cast: Cast, mailbox: Mailbox) -> None:
    form = Browser().open("/report")
    assert form.sees("Languages read right now: English")
    assert form.sees("Other languages take up to 24 hours")
    StaffMember.objects.update(languages=[])
    assert Browser().open("/report").sees("Every language is read within 24 hours")
    assert CODE.search(form.press("Send", text=BURMESE).page)
    report = Report.objects.get()
    told = read_report(report, keyring=cast.amara.keyring, at=cast.at)
    assert (told.text, told.may_translate) == (BURMESE, False)
    assert at_the_desk(cast.amara).open(f"/reports/{report.id}").sees("must not read it")
    sent = Browser().open("/report").press("Send", text=f"{BURMESE} 2", may_translate="on")
    code = CODE.search(sent.page)[1]  # type: ignore[index]
    agreed = Report.objects.exclude(id=report.id).get()
    luis = at_the_desk(cast.luis).open(f"/reports/{agreed.id}")
    assert luis.sees("may read it: they said yes")
    theirs = Browser().open("/report/box").press("Open", code=code).open("/report/box/choices")
    theirs.press("Change it", may_translate=[])
    assert luis.open(f"/reports/{agreed.id}").sees("must not read it")
    mailbox.append({})
    mailbox.arrive()
    assert not any(BURMESE in str(letter) for letter in mailbox)
    assert not Letter.objects.exclude(kind="monitoring.notice").exists()


@pytest.mark.clauses("I-ANYWAY-1", "I-WHO-1")
def test_what_was_told_in_a_call_is_sealed_and_its_code_handed_over(cast: Cast) -> None:
    noor = at_the_desk(cast.noor).open("/").follow("Take down what somebody told you")
    assert noor.press("Seal it", text=" ").sees("This box is still empty")
    noor.press("Seal it", text="He waits for me at the lift. I told Ravi.", wishes="No calls.")
    code = CODE.search(noor.page)[1]  # type: ignore[index]
    assert noor.sees("Amara , Luis")
    assert not noor.sees("Ravi")
    report = Report.objects.get()
    assert noor.open(f"/reports/{report.id}").status == 404
    told = read_report(report, keyring=cast.luis.keyring, at=cast.at)
    assert (told.channel, told.wishes) == ("told", "No calls.")
    assert Entry.objects.get(verb="reports.type_in").actor == cast.noor.id
    assert at_the_desk(cast.luis).open(f"/reports/{report.id}").sees("told to somebody on the team")
    theirs = Browser().open("/report/box").press("Open", code=code)
    assert theirs.press("Add it", words="He was there again.").sees("It has been added")


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1")
def test_whoever_typed_it_reads_no_further_when_the_person_asks_for_that(cast: Cast) -> None:
    amara = at_the_desk(cast.amara).open("/reports/new")
    amara.press("Seal it", text="Nobody listens to me here.", stop="on")
    assert amara.sees("Luis , Ravi")
    assert not amara.sees("Amara , Luis")
    report = Report.objects.get()
    assert amara.open(f"/reports/{report.id}").status == 404
    assert not amara.open("/").sees(report.code)
    assert at_the_desk(cast.luis).open(f"/reports/{report.id}").sees("Nobody listens")


@pytest.mark.clauses("I-REVIEW-1", "I-PROC-1")
def test_a_flood_of_the_same_words_takes_one_row_and_hides_nobody(cast: Cast) -> None:
    for number in range(60):
        sent = Browser().open("/report").press("Send", text=f"You  are  LIARS!! {number}")
        assert CODE.search(sent.page)
    Browser().open("/report").press("Send", text="He hurt me.")
    one = Report.objects.get(urgent=False, folded=False, text_token=_token_of("He hurt me.", cast))
    amara = at_the_desk(cast.amara).open("/")
    assert amara.page.count("more in the same words") == 1
    assert amara.sees("59 more in the same words")
    assert amara.sees(one.code)
    shown = [each.code for each in Report.objects.all() if each.code in amara.words]
    assert len(shown) == 2
    amara.follow("59 more in the same words")
    assert all(each.code in amara.words for each in Report.objects.filter(folded=True))
    assert amara.sees("60 reports in the same words")
    last = Report.objects.filter(folded=True).first()
    assert last is not None
    assert amara.open(f"/reports/{last.id}").sees("LIARS")


def _token_of(text: str, cast: Cast) -> bytes:
    return alike_token(text, {cast.amara.id, cast.luis.id, cast.ravi.id})
