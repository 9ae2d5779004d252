"""Pages keep to the content policy, work without scripts, and stand when nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from concord.refusals import Refused

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
SHEETS = sorted((PACKAGE / "site" / "static" / "concord").glob("*.css"))
SCRIPTS = sorted((PACKAGE / "site" / "static" / "concord").glob("*.js"))


def own_markup(template: Path) -> str:
    return re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text("utf-8"), flags=re.S)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.relative_to(PACKAGE).as_posix())
def test_no_template_carries_styles_or_scripts_that_the_content_policy_refuses(
    template: Path,
) -> None:
    markup = own_markup(template)
    assert not re.search(r"\sstyle=", markup)
    assert not re.search(r"\son[a-z]+=[\"']", markup)
    assert not re.search(r"<script(?![^>]*\ssrc=)", markup)
    assert "<style" not in markup


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.relative_to(PACKAGE).as_posix())
def test_no_template_loads_anything_from_another_host(template: Path) -> None:
    assert not re.search(r"(src|srcset|poster)=[\"']?(https?:)?//", own_markup(template))
    assert not re.search(r"<link[^>]*href=[\"']?(https?:)?//", own_markup(template))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.name)
def test_a_stylesheet_reads_the_same_from_right_to_left(sheet: Path) -> None:
    sided = (
        r"(margin|padding|border)-(left|right)|text-align: (left|right)|[{; ](left|right): |float:"
    )
    assert not re.search(sided, sheet.read_text("utf-8"))
    assert not re.search(r'url\((?!"/on-shift/covers/\d+"\))', sheet.read_text("utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
def test_a_script_is_one_small_behaviour(script: Path) -> None:
    source = script.read_text("utf-8")
    assert source.startswith("//")
    assert len(re.sub(r"^(//.*\n)+", "", source)) < 7_500
    assert "eval(" not in source


@pytest.mark.parametrize("page", ["400.html", "500.html", "507.html"])
def test_a_page_for_a_broken_moment_needs_no_request_and_no_context(page: str) -> None:
    said = get_template(page).render()
    assert "<h1>" in said
    assert "<style" not in said


@pytest.mark.parametrize("page", ["403.html", "403_csrf.html", "404.html"])
@pytest.mark.parametrize("is_desk", [False, True])
def test_a_page_that_is_not_there_stands_on_both_hosts(page: str, is_desk: bool) -> None:
    request = RequestFactory().get("/nowhere")
    request.is_desk = is_desk  # type: ignore[attr-defined]
    request.csp_style_hashes = []  # type: ignore[attr-defined]
    assert "<h1>" in render_to_string(page, {}, request)


def test_a_page_in_arabic_runs_from_right_to_left() -> None:
    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl"' in render_to_string(
            "404.html", {}, RequestFactory().get("/")
        )


class NeedsADay(Refused):
    words = "This needs a <day>."
    status = 409


def test_a_refusal_is_told_in_its_own_words() -> None:
    request = RequestFactory().get("/refuses")
    request.csp_style_hashes = []  # type: ignore[attr-defined]
    page = render_to_string("site/refused.html", {"refused": NeedsADay()}, request)
    part = render_to_string("site/_refused.html", {"refused": NeedsADay()}, request)
    for said in (page, part):
        assert "This needs a &lt;day&gt;." in said
        assert "This was not done" in said
    assert "<html" not in part


@override_settings(ROOT_URLCONF="concord.site.urls_public")
def test_report_help_and_leave_are_on_every_public_page() -> None:
    request = RequestFactory().get("/help")
    request.csp_style_hashes = []  # type: ignore[attr-defined]
    page = render_to_string("site/help.html", {}, request)
    for words in ("Report", "Help", "Policy", "Leave now"):
        assert f">{words}</a>" in page
