"""The templates' shared words: marks, moments, names, and styles that the content policy knows."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from concord.site.templatetags.house import MARKS, relative

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def say(source: str, **context: object) -> str:
    request = RequestFactory().get("/")
    return engines["django"].from_string("{% load house %}" + source).render(context, request)


def test_styles_inside_a_page_are_known_to_its_content_policy() -> None:
    request = RequestFactory().get("/")
    request.csp_style_hashes = []  # type: ignore[attr-defined]
    template = engines["django"].from_string(
        '{% load house %}{% inline_css "tokens.css" "base.css" %}'
    )
    page = template.render({}, request)
    style = page.removeprefix("<style>").removesuffix("</style>")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert request.csp_style_hashes == [f"sha256-{digest}"]  # type: ignore[attr-defined]


def test_styles_inside_a_page_stay_small_and_hold_no_markup() -> None:
    page = say('{% inline_css "tokens.css" "base.css" %}')
    assert len(page.encode()) <= 14_000
    assert page.count("<") == 2


def test_the_same_styles_twice_are_learnt_once() -> None:
    request = RequestFactory().get("/")
    request.csp_style_hashes = []  # type: ignore[attr-defined]
    twice = engines["django"].from_string(
        '{% load house %}{% inline_css "tokens.css" %}{% inline_css "tokens.css" %}'
    )
    twice.render({}, request)
    assert len(request.csp_style_hashes) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", MARKS)
def test_a_mark_is_said_once(state: str) -> None:
    assert f'aria-label="{MARKS[state]}"' in say("{% mark state %}", state=state)
    beside_words = say("{% mark state said=True %}", state=state)
    assert 'aria-hidden="true"' in beside_words
    assert "aria-label" not in beside_words


def test_marks_carry_no_style_that_the_content_policy_refuses() -> None:
    assert all("style=" not in say("{% mark state %}", state=state) for state in MARKS)


def test_an_unknown_mark_is_a_bug_and_loud() -> None:
    with pytest.raises(KeyError):
        say('{% mark "approved" %}')


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=5), "in a moment"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=-4), "4 minutes ago"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=23), "in 23 hours"),
        (timedelta(days=-7), "7 days ago"),
    ],
)
def test_a_moment_is_told_in_its_largest_unit(away: timedelta, words: str) -> None:
    assert relative(NOON + away, now=NOON) == words


def test_a_moment_names_its_zone_and_is_exact_for_machines() -> None:
    said = say("{% when at now=now %}", at=NOON - timedelta(hours=2), now=NOON)
    assert 'datetime="2026-11-24T10:00:00+00:00"' in said
    assert "2 hours ago" in said
    assert "10:00 UTC" in said


def test_no_moment_says_nothing() -> None:
    assert say("{% when at %}{% clock at %}", at=None) == ""


def test_a_name_cannot_break_the_page_or_turn_its_direction() -> None:
    said = say("{{ name|bdi }}", name="<script>\u202egnp")
    assert said == '<bdi dir="auto">&lt;script&gt;\u202egnp</bdi>'


def test_each_language_calls_itself_by_its_own_name() -> None:
    with translation.override("fr"):
        assert "العربيّة" in say("{{ 'ar'|own_name }} {{ 'ar'|direction }}")
