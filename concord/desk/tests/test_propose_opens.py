"""What is missing is never spoken of behind a closed fold: the part of the form that it names stands open."""

from __future__ import annotations

from concord.desk.forms import MISSING
from tests.browsing import Browser
from tests.cast import Cast, case_about_karim

FOLD = '<details class="more" open><summary>What is assumed'


def test_the_safety_tick_that_is_missing_opens_the_part_with_its_box(
    cast: Cast, amara: Browser
) -> None:
    form = amara.open(f"/cases/{case_about_karim(cast).id}/propose")
    assert FOLD not in form.page
    form.press("See what it does", reason="A threat.", grounds="violation", violations="threat")
    assert form.status == 422
    assert form.sees(str(MISSING["safety"]))
    assert FOLD in form.page
