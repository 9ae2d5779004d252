"""Whoever loses access is told in their own language, in a text that both staff could read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from concord.actions.models import NoticeReference
from concord.actions.write_notice import BETWEEN, write_notice
from concord.concurrence.concur import concur
from concord.people.models import Login
from concord.people.tests.team import Mailbox
from tests.browsing import Browser
from tests.cast import Cast, opened, proposed, terms_for

pytestmark = pytest.mark.django_db
ARABIC = "من الآن"
ENGLISH = "From now on"


def notice(cast: Cast, *others: str) -> tuple[str, str]:
    terms = terms_for(cast)
    more = [replace(terms.targets[0], id=getattr(cast, name).person_id) for name in others]
    return write_notice([*terms.targets, *more], grounds=terms.grounds, violations=terms.violations)


def speaks(cast: Cast, name: str, language: str) -> None:
    Login.objects.filter(person=getattr(cast, name).person_id).update(language=language)


def test_the_language_is_the_one_in_which_they_asked_for_their_way_in(
    cast: Cast, mailbox: Mailbox
) -> None:
    browser = Browser()
    browser.open("/ar/in").post("/ar/in", address="karim.haddad@gmail.com")
    browser.post("/ar/in/code", code=mailbox.code())
    assert Login.objects.get(person=cast.karim.person_id).language == "ar"
    _subject, body = notice(cast)
    assert ARABIC in body


def test_it_is_written_in_theirs_and_then_in_the_houses_with_one_link(cast: Cast) -> None:
    speaks(cast, "karim", "ar")
    subject, body = notice(cast)
    theirs, ours = body.split(BETWEEN)
    assert "بشأن" in subject
    assert ARABIC in theirs
    assert ENGLISH not in theirs
    assert ENGLISH in ours
    assert len(set(re.findall(r"of=([0-9]{30})", body))) == 1


@pytest.mark.parametrize("language", ["", "en", "xx"])
def test_without_another_language_it_is_the_houses_alone(cast: Cast, language) -> None:
    speaks(cast, "karim", language)
    _subject, body = notice(cast)
    assert body.count(ENGLISH) == 1
    assert BETWEEN not in body


def test_people_of_several_languages_get_one_text_in_all(cast: Cast) -> None:
    speaks(cast, "karim", "ar")
    speaks(cast, "tomas", "fr")
    _subject, body = notice(cast, "tomas", "sara")
    assert len(body.split(BETWEEN)) == 3


def test_the_letter_carries_the_language_and_what_both_agreed_to(
    cast: Cast, mailbox: Mailbox
) -> None:
    speaks(cast, "karim", "ar")
    subject, body = notice(cast)
    version = proposed(cast, notice_subject=subject, notice_body=body).version
    concur(
        opened(version, cast.luis, cast.at),
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    mailbox.arrive()
    (letter,) = [one for one in mailbox if one["to"] == "karim.haddad@gmail.com"]
    assert (letter["language"], letter["subject"], letter["body"]) == ("ar", subject, body)
    assert NoticeReference.objects.count() == 1
