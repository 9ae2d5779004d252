"""Whoever asks us to look again gets an answer behind their code, from somebody who had no part in it."""

from __future__ import annotations

import os

import pytest
from django.test import Client

from concord.actions.answer_review import AnswerIsEmpty, answer_review
from concord.actions.ask_review import ask_review
from concord.vault.errors import NoGrant
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast):
    return ask_review(
        kind="not_me",
        words="It was somebody else.",
        contact="",
        shut=None,
        nonce=os.urandom(16),
        at=cast.at,
    )


def test_the_answer_lies_behind_the_code(cast: Cast, asked) -> None:
    code, request = asked
    answer_review(
        request,
        answer="You are in again.",
        by=cast.luis.staff,
        keyring=cast.luis.keyring,
        at=cast.at,
    )
    browser = Client()
    assert "You are in again." not in browser.get("/review/box", secure=True).content.decode()
    page = browser.post("/review/box", {"code": code}, secure=True, follow=True)
    assert "You are in again." in page.content.decode()
    page = browser.post("/review/box/close", secure=True, follow=True)
    assert "You are in again." not in page.content.decode()


def test_before_the_answer_the_box_says_by_when(cast: Cast, asked) -> None:
    page = Client().post("/review/box", {"code": asked[0].lower()}, secure=True, follow=True)
    assert "No answer yet" in page.content.decode()


def test_a_wrong_code_opens_nothing(cast: Cast, asked) -> None:
    page = Client().post("/review/box", {"code": "0000"}, secure=True, follow=True)
    assert "Nothing opens with this code" in page.content.decode()


def test_an_empty_answer_is_none(cast: Cast, asked) -> None:
    with pytest.raises(AnswerIsEmpty):
        answer_review(
            asked[1], answer=" ", by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at
        )


def test_only_who_can_read_it_answers(cast: Cast, asked) -> None:
    with pytest.raises(NoGrant):
        answer_review(
            asked[1], answer="…", by=cast.noor.staff, keyring=cast.noor.keyring, at=cast.at
        )
