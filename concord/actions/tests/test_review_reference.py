"""The link in a notice: both people agree to it, it says nothing, and it keeps the deciders out of the review."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from concord.actions.models import NoticeReference, ReviewRequest
from concord.actions.read_review import read_review
from concord.actions.review_reference import _token, executions_named_by
from concord.actions.write_notice import write_notice
from concord.concurrence.concur import concur
from concord.concurrence.models import Concurrence
from concord.concurrence.open_version import open_version
from concord.letters.models import Letter
from concord.people.end_designation import end_designation
from concord.people.tests.team import Mailbox
from concord.vault import files
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, case_about_karim, opened, proposed, terms_for
from tests.looking_again import another_receiver

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:8000(/review\?of=([0-9]{30}))\n")


def notice(cast: Cast) -> tuple[str, str]:
    """The letter as we write it for Karim."""
    case = terms_for(cast)
    return write_notice(case.targets, grounds=case.grounds, violations=case.violations)


def agreed_to(cast: Cast) -> tuple[str, Concurrence]:
    """The link in the notice, and what Luis agreed to."""
    case = case_about_karim(cast)
    subject, body = notice(cast)
    version = proposed(cast, case, notice_subject=subject, notice_body=body.strip() + "\n").version
    agreed = concur(
        opened(version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    found = LINK.search(body)
    assert found is not None, body
    return found[1], agreed


def test_both_people_sign_the_number_with_the_text(cast: Cast) -> None:
    case = case_about_karim(cast)
    subject, body = notice(cast)
    version = proposed(cast, case, notice_subject=subject, notice_body=body).version
    read = open_version(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert LINK.search(read.contents["texts"]["notice_body"])
    assert LINK.search(notice(cast)[1])[2] != LINK.search(body)[2]  # type: ignore[index]


def test_the_respondent_gets_the_link_in_their_letter(cast: Cast, mailbox: Mailbox) -> None:
    link, _agreed = agreed_to(cast)
    assert Letter.objects.filter(kind="actions.notice").count() == 1
    mailbox.arrive()
    assert [link in letter["body"] for letter in mailbox if "access" in letter["subject"]] == [True]


def test_nobody_who_had_a_part_in_the_decision_reads_the_request(cast: Cast) -> None:
    mina = another_receiver(cast)
    link, _agreed = agreed_to(cast)
    page = Browser().open(link)
    assert page.sees("Somebody who had no part in the decision reads this.")
    page.press("Send it", words="I only quoted somebody.")
    assert page.sees("Somebody who had no part in the decision reads it.")
    asked = ReviewRequest.objects.get()
    assert asked.named
    assert asked.reviewer == mina.id
    assert files.readers(asked.file) == {mina.id, cast.outside.holder}  # she alone could lose it
    assert at_the_desk(mina).open(f"/reviews/{asked.id}").status == 200
    for close in (cast.luis, cast.ravi):  # Luis agreed, Ravi is close to Karim
        assert at_the_desk(close).open(f"/reviews/{asked.id}").status == 404
    end_designation(mina.staff, by=None, at=cast.at)
    asked.refresh_from_db()
    assert asked.reviewer == cast.outside.holder
    assert read_review(asked, keyring=cast.outside_key, at=cast.at).words


def test_before_it_is_carried_out_the_number_leads_nowhere(cast: Cast) -> None:
    case = case_about_karim(cast)
    subject, body = notice(cast)
    proposed(cast, case, notice_subject=subject, notice_body=body)
    found = LINK.search(body)
    assert found is not None
    assert executions_named_by(found[2]) == []
    Browser().open(found[1]).press("Send it", words="What is this?")
    assert not ReviewRequest.objects.get().named


@pytest.mark.parametrize("number", ["", "0" * 30, "1" * 29, "٣" * 30, "made-up", "1" * 5000])
def test_a_number_that_we_did_not_write_names_nothing(cast: Cast, number: str) -> None:
    agreed_to(cast)
    assert executions_named_by(number) == []
    Browser().open(f"/review?of={number}").press("Send it", words="Hello")
    asked = ReviewRequest.objects.get()
    assert not asked.named
    assert files.readers(asked.file) == {cast.amara.id, cast.luis.id, cast.ravi.id}


def test_what_is_kept_beside_the_decision_is_not_the_number(cast: Cast) -> None:
    link, agreed = agreed_to(cast)
    kept = NoticeReference.objects.get()
    assert kept.execution == agreed.execution
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM actions_noticereference")
        assert link[-30:] not in str([bytes(kept.token), *cursor.fetchall()])


def test_a_notice_without_the_link_keeps_nothing(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    assert not NoticeReference.objects.exists()


def test_two_decisions_under_one_number_keep_out_the_people_of_both(cast: Cast) -> None:
    link, agreed = agreed_to(cast)
    NoticeReference.objects.all().delete()
    version = opened(proposed(cast, agreed.version.proposal.case).version, cast.noor, cast.at)
    other = concur(version, by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at)
    for execution in (agreed.execution, other.execution):
        NoticeReference.objects.create(token=_token(link[-30:]), execution=execution)
    Browser().open(link).press("Send it", words="Both.")
    assert files.readers(ReviewRequest.objects.get().file) == {cast.outside.holder}
