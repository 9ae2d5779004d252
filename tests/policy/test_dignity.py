"""Nobody is blamed, belittled or tried by a word of ours: who reports, who is reported, who made a mistake."""

from __future__ import annotations

import pytest
from django.conf import settings

from concord.concurrence.concur import concur
from concord.people.tests.team import Mailbox
from tests.browsing import Browser, at_the_desk, by_mail
from tests.cast import Cast, opened, proposed
from tests.house.test_words import (
    AVOIDED,
    shown_from_catalogues,
    shown_from_python,
    shown_in_templates,
)

PAGES = ("/", "/report", "/ask", "/help", "/review", "/in", "/report/box", "/e/votes", "/nowhere")
MISTAKES = (("/report", "Send"), ("/ask", "Send it"), ("/review", "Send it"))


@pytest.mark.clauses("P-DIGNITY-1", "I-SENSITIVE-1")
def test_no_page_and_no_letter_blames_or_judges_in_any_language(
    cast: Cast, mailbox: Mailbox
) -> None:
    for show in (shown_in_templates, shown_from_python, shown_from_catalogues):
        assert [f"{where}: {text}" for where, text in show() if AVOIDED.search(text)] == []
    proposal = proposed(cast)
    concur(
        opened(proposal.version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    karim = by_mail("karim.haddad@gmail.com", mailbox)
    assert karim.open(f"/r/{cast.hall.id}").status == 403
    amara = at_the_desk(cast.amara)
    pages = [karim.words, *(amara.open(path).words for path in ("/", "/reports/new", "/team"))]
    for code, _language in settings.LANGUAGES:
        pages += [Browser().open(f"/{code}{path}").words for path in PAGES]
        pages += [karim.open(f"/{code}/r/{cast.hall.id}").words]
    for path, button in MISTAKES:
        pages.append(Browser().open(path).press(button).words)
    mailbox.arrive()
    pages += [f"{letter['subject']} {letter['body']}" for letter in mailbox]
    ours = [page.replace(cast.convening.name, "") for page in pages]
    assert [found[0] for page in ours for found in AVOIDED.finditer(page)] == []


@pytest.mark.clauses("P-DIGNITY-1", "P-CONTACT-1")
def test_an_answer_about_the_policy_is_held_to_the_same_words(cast: Cast) -> None:
    Browser().open("/ask").press("Send it", words="What happens to somebody who is reported?")
    amara = at_the_desk(cast.amara).open("/")
    amara.follow("Question ").press("Send the answer", answer="The perpetrator is removed.")
    assert amara.status == 409
    assert amara.sees("perpetrator is removed")
