"""Proof of filing is made only for whoever asks from inside; a code that opens nothing is like any other."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from concord.letterbox.issue import issue
from concord.letterbox.models import Box
from concord.letterbox.purge import purge
from concord.reports.models import Report
from concord.reports.prove_filing import is_ours
from tests.browsing import Browser
from tests.cast import Cast

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
TEXT = "He wrote <again>.\nAnd again."


def report() -> str:
    found = CODE.search(Browser().open("/report").press("Send", text=TEXT).page)
    assert found
    return found[1]


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def test_proof_is_made_when_asked_for_and_holds_for_this_text_and_day_alone(cast: Cast) -> None:
    own = box(report())
    assert "SHA-256" not in own.page
    page = own.press("Make the proof").page
    signature = re.search(r"<bdi[^>]*>([A-Za-z0-9+/]{86}==)</bdi>", unescape(page))
    day = Report.objects.get().received_at.date()
    assert signature
    assert day.isoformat() in page
    assert is_ours(TEXT, on=day, signature=signature[1])
    assert not is_ours(TEXT + "!", on=day, signature=signature[1])
    assert not is_ours(TEXT, on=day - timedelta(days=1), signature=signature[1])
    assert not is_ours(TEXT, on=date(2020, 1, 1), signature="nonsense")


def test_without_an_open_box_there_is_no_proof(cast: Cast) -> None:
    report()
    stranger = Browser().open("/report/box")
    assert stranger.post("/report/box/proof").sees("Your code")


@pytest.mark.clauses("K-CONF-1")
def test_wrong_purged_and_never_issued_codes_answer_alike_word_for_word(cast: Cast) -> None:
    code = report()
    assert box(code).sees("Our answer")
    purge(Box.objects.get(purpose="report"), by=None, at=cast.at)
    never, unused = issue(b"never handed to anybody", purpose="report", at=cast.at)
    purge(unused, by=None, at=cast.at)
    mistyped = code[:-1] + ("2" if code[-1] != "2" else "3")
    pages = {
        re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", box(typed).page)
        for typed in (code, never, mistyped, "", "nonsense", "0" * 20)
    }
    assert len(pages) == 1
    sizes = {len(box(typed).page.encode()) for typed in (code, never, mistyped)}
    assert len(sizes) == 1
