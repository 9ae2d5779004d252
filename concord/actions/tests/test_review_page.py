"""Asking us to look again: no account, no script, no cookie; a code once; it waits in the inbox."""

from __future__ import annotations

import re

import pytest

from concord.access.gate import NotAdmitted
from concord.access.models import Shut
from concord.actions.models import ReviewRequest
from concord.concurrence.concur import concur
from concord.reports.models import Question
from concord.vault import files
from tests.browsing import Browser
from tests.cast import Cast, opened, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(cast: Cast) -> Browser:
    return Browser().open("/review")


def code_on(page: Browser) -> str:
    found = re.search(r'<output class="code">(?:<[^>]+>)*([^<]+)<', page.page)
    assert found is not None, page.words
    return found[1]


def test_a_few_words_are_enough_and_a_code_is_shown(form: Browser) -> None:
    form.press("Send it", words="I only quoted somebody.")
    assert len(code_on(form).replace("-", "")) == 20
    assert ReviewRequest.objects.get().kind == "review"


def test_it_leaves_no_cookie(form: Browser) -> None:
    form.press("Send it", words="I only quoted somebody.")
    assert not form.client.cookies


def test_the_same_form_sent_twice_is_one_request_and_one_code(form: Browser) -> None:
    page, path = form.page, form.path
    first = code_on(form.press("Send it", words="This is not me.", kind="not_me"))
    form.turn_to(path, page)
    assert code_on(form.press("Send it", words="This is not me.", kind="not_me")) == first
    assert ReviewRequest.objects.count() == 1


def test_an_empty_box_is_said_kindly_and_the_rest_stays(form: Browser) -> None:
    form.press("Send it", words="  ", contact="me@example.org")
    assert form.status == 422
    assert form.sees("This box is still empty. A few words are enough.")
    assert "me@example.org" in form.page
    assert not ReviewRequest.objects.exists()


def test_odd_signs_are_kept_as_text(form: Browser) -> None:
    form.press("Send it", words="<script>x</script>\0 \u202eabc", nonce="no number")
    assert ReviewRequest.objects.count() == 1


def test_whoever_decided_does_not_read_the_request_about_it(cast: Cast) -> None:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    shut = Shut.objects.get()
    letter = NotAdmitted(person=shut.person_id, shut=shut.id).review_pass
    Browser().open(f"/review?of={letter}&kind=not_me").press("Send it", words="Not me.")
    asked = ReviewRequest.objects.get()
    assert asked.shut == shut.id
    assert asked.kind == "not_me"
    assert files.readers(asked.file) == {cast.outside.holder}  # Ravi is close to Karim


def test_a_pass_that_we_did_not_write_names_nothing(form: Browser) -> None:
    form.open("/review?of=made-up&kind=nonsense").press("Send it", words="Hello", kind="review")
    assert ReviewRequest.objects.get().shut is None


def test_the_box_that_people_do_not_see_folds_and_refuses_nothing(form: Browser) -> None:
    assert code_on(form.press("Send it", words="Hello", website="https://spam.example"))
    assert ReviewRequest.objects.get().folded
    Browser().open("/ask").press("Send it", words="Hello", website="https://spam.example")
    assert Question.objects.get().folded
