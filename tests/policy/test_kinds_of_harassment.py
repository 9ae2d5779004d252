"""Each kind on the policy's list is told, set, decided on and counted; what could hurt again stays covered."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from concord.cases.classify_case import classify_case
from concord.cases.models import Case
from concord.cases.take_up import take_up
from concord.concurrence.models import Proposal
from concord.convenings.models import Registration
from concord.improvement.count_closed import counted
from concord.improvement.models import ClosedCount
from concord.ledger.models import Entry
from concord.outbox.models import Job
from concord.outbox.worker import run_due
from concord.people.tests.team import Mailbox
from concord.reports.models import Attachment, Report
from concord.reports.receive_report import receive_report
from concord.reports.tests.files import photograph
from concord.reports.told import Told
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, closed, flagged, proposed, stage
from tests.policy.test_confidentiality import dump

COVERED = re.compile(r'<details class="veil[^"]*"(?![^>]*\bopen\b)[^>]*>.*?</details>', re.DOTALL)
SHORT = {"grounds": "violation", "is_safe": "on", "posts": ""}


def uncovered(page: Browser, words: str) -> bool:
    """Whether the words stand anywhere on the page but behind a closed cover."""
    return words in COVERED.sub("", page.page)


def told(cast: Cast, **typed: object) -> Report:
    """Somebody sends the form."""
    before = set(Report.objects.values_list("id", flat=True))
    Browser().open("/report").press("Send", **typed)
    return Report.objects.exclude(id__in=before).get()


@pytest.mark.clauses("V-COMMENT-1", "P-GROUNDS-1")
@pytest.mark.django_db
def test_remarks_on_any_ground_are_set_by_staff_and_counted_apart_from_every_case() -> None:
    cast = stage(timezone.now() - timedelta(days=200))
    for number in range(6):
        words = Told(f"He mocked how I speak, and called it a joke. {number}")
        report = receive_report(words, nonce=uuid4().bytes, at=cast.at).report
        case = take_up(report, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
        grounds = ["disability", "religion"] if number == 0 else ["disability"]
        classify_case(case, kinds=["comment"], grounds=grounds, by=cast.amara.staff, at=cast.at)
        closed(cast, case)
    numbers = list(counted(at=timezone.now()).values())
    assert numbers == [{"comment": 6, "disability": 6}], "and what was said once is not told"
    assert counted(at=cast.later(days=33)) == {}, "a quarter that runs is not shown"
    page = at_the_desk(cast.noor).open("/learned")
    assert page.sees("Offensive or unwelcome remarks 6")
    assert page.sees("disability 6")
    assert not page.sees("religion")
    kept = {field.name for field in ClosedCount._meta.get_fields()}
    assert kept == {"id", "quarter", "code", "cases"}


@pytest.mark.clauses("V-SEXUAL-1", "I-INFORM-1")
def test_asking_again_after_a_no_is_told_decided_on_and_named_by_its_category_alone(
    cast: Cast, mailbox: Mailbox
) -> None:
    post = cast.say(cast.karim, "You said no twice. I ask a third time: dinner, you and me.")
    report = told(cast, text="He asks me out again and again.", post=str(post.id), kinds=["sexual"])
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    amara.open(f"/reports/{report.id}").press("Take it into a case")
    case = Case.objects.get()
    assert amara.sees("Ticked by the person who reported: Unwelcome sexual attention")
    amara.follow("Say what it is about").press("Keep it", kinds=["sexual"], grounds=["gender"])
    assert amara.sees("Unwelcome sexual attention · gender identity and expression")
    amara.open(f"/cases/{case.id}/propose")
    typed = {
        **SHORT, "people": str(cast.karim.person_id), "violations": "sexual",
        "reason": "Repeated invitations after a clear no.",
    }  # fmt: skip
    amara.press("See what it does", **typed).press("Ask for a second yes")
    luis.open(f"/proposals/{Proposal.objects.get().id}").press("I agree")
    mailbox.clear()
    run_due(at=cast.later(minutes=5))
    letters = [text for text in (str({**one}) for one in mailbox) if "access" in text]
    assert any("Unwelcome sexual attention" in letter for letter in letters)
    for letter in letters:
        assert "dinner" not in letter
        assert "again and again" not in letter


@pytest.mark.clauses("V-MATERIAL-1")
def test_texts_and_pictures_are_covered_on_every_page_until_somebody_asks(cast: Cast) -> None:
    hostile = "THOSE PEOPLE ARE VERMIN"
    flag = flagged(cast, hostile)
    amara = at_the_desk(cast.amara)
    for path in ("/watch", f"/flags/{flag.id}"):
        page = amara.open(path)
        assert not uncovered(page, hostile), path
        assert not uncovered(page, "He wrote this to me"), path
    amara.open(f"/flags/{flag.id}").press("It needs action", reason="It is hostile.")
    case = Case.objects.get()
    proposal = proposed(cast, case)
    report = told(
        cast, text=f"On a poster: {hostile}", kinds=["material"],
        attached=SimpleUploadedFile("poster.jpg", photograph(), "image/jpeg"),
    )  # fmt: skip
    luis = at_the_desk(cast.luis)
    for path in (f"/cases/{case.id}", f"/proposals/{proposal.id}", f"/reports/{report.id}"):
        page = luis.open(path)
        assert hostile in page.page, path
        assert not uncovered(page, hostile), path
        assert "<img" not in page.page, path
    (picture,) = Attachment.objects.all()
    page = luis.open(f"/reports/{report.id}/files/{picture.id}")
    shown = re.search(r'<div class="blurred"[^>]*>.*?</div>', page.page, re.DOTALL)
    assert shown, "a picture is drawn blurred"
    assert "<img" in shown[0]
    assert "checked" not in shown[0]
    assert page.page.count("<img") == shown[0].count("<img") == 1


@pytest.mark.clauses("V-OUTING-1")
def test_what_somebody_did_not_choose_to_show_is_repeated_in_no_list_letter_title_or_copy(
    cast: Cast, mailbox: Mailbox
) -> None:
    secret = "Zephyrine"
    post = cast.say(cast.karim, f"Sara was called {secret} before, ask her!")
    report = told(
        cast, text=f"He told all of them that I was {secret}.", post=str(post.id),
        kinds=["outing", "misgender"], hear="done",
    )  # fmt: skip
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    for desk in (amara, luis):
        for path in ("/", "/decisions", "/closed", "/learned", "/events/votes/roster"):
            assert secret not in desk.open(path).page, path
    amara.open(f"/reports/{report.id}").press("Take it into a case")
    case = Case.objects.get()
    assert not uncovered(amara, secret)
    title = re.search(r"<title>.*?</title>", amara.page, re.DOTALL)
    assert title
    assert secret not in title[0]
    amara.open(f"/cases/{case.id}").press("Make the copy")
    assert secret not in amara.page
    assert amara.sees("it holds what somebody did not choose to make known")
    amara.open(f"/cases/{case.id}/propose")
    typed = {
        **SHORT, "people": str(cast.karim.person_id), "violations": "outing",
        "reason": "He made known what was not his to tell.",
    }  # fmt: skip
    amara.press("See what it does", **typed)
    amara.press(
        "Ask for a second yes",
        notice_body=f"You told all of them that I was {secret}, and that is not yours to tell.",
    )
    assert amara.status == 409
    assert amara.sees("say it in words of your own")
    amara.press("Ask for a second yes", notice_body="You do not have access to Hall 1 for a day.")
    assert amara.status == 200
    run_due(at=cast.later(minutes=5))
    assert not any(secret in str(letter) for letter in mailbox)
    assert not any(secret in str(one.facts) for one in Entry.objects.all())
    assert not any(secret in f"{job.kind}{job.unique_key}" for job in Job.objects.all())
    # In the room it stands until two have decided, and nowhere else.
    rows = dump().replace(f"Sara was called {secret} before, ask her!".encode(), b"")
    assert secret.encode() not in rows


@pytest.mark.clauses("V-MISGENDER-1")
def test_people_name_themselves_and_the_name_they_left_is_shown_to_nobody_who_takes_part(
    cast: Cast, mailbox: Mailbox
) -> None:
    post = cast.say(cast.sara, "Good morning.")
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    tomas = into(by_mail("tomas@example.org", mailbox), cast.hall)
    assert tomas.sees("Sara Lindqvist")
    sara.open("/e/votes/register").press(
        "Take part", display_name="Sam Lindqvist", pronouns="they/them"
    )
    for page in (
        tomas.open(f"/r/{cast.hall.id}"),
        tomas.open(f"/p/{post.id}/flag"),
        tomas.open("/hidden"),
        sara.open("/you"),
    ):
        assert "Sara Lindqvist" not in page.page, page.path
    assert tomas.open(f"/r/{cast.hall.id}").sees("Sam Lindqvist")
    assert tomas.sees("they/them")
    assert not Registration.objects.filter(display_name__contains="Sara").exists()
    case = case_about_karim(cast)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}").follow("Say what it is about")
    amara.press("Keep it", kinds=["misgender"], grounds=["gender"])
    assert amara.sees("Misgendering, or using a rejected name")


@pytest.mark.clauses("V-SEXMAT-1", "S-BEYOND-1")
def test_material_from_elsewhere_is_told_by_a_link_and_a_file_with_place_and_day(
    cast: Cast,
) -> None:
    """PUB-18, but for keeping somebody out beforehand."""
    report = told(
        cast,
        text="He sent this to all of us: https://social.example/@speaker/123",
        where="On a social network, two months after the event",
        when="On the 3rd of September",
        kinds=["sexmat", "comment"],
        attached=SimpleUploadedFile("screenshot.jpg", photograph(), "image/jpeg"),
    )
    amara = at_the_desk(cast.amara).open("/")
    assert amara.sees(report.code)
    amara.open(f"/reports/{report.id}")
    for words in ("https://social.example/@speaker/123", "On a social network", "3rd of September"):
        assert amara.sees(words)
    assert 'href="https://social.example' not in amara.page, "no press leads there by mistake"
    assert amara.sees("screenshot.jpg")
    amara.follow("screenshot.jpg")
    assert amara.sees("Show it clearly")
    amara.open(f"/reports/{report.id}").press("Take it into a case")
    assert amara.sees("Sexual material")
    amara.follow("Say what it is about")
    amara.press("Keep it", kinds=["sexmat", "material", "comment"], grounds=["gender", "religion"])
    assert amara.sees("Hostile texts, pictures or recordings")
    assert amara.sees("gender identity and expression; religion")
