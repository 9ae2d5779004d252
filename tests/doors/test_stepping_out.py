"""What lies open in a browser goes from it when its reader has no part in it any more (workflow 4.4)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from concord.cases.add_party import add_party
from tests.browsing import at_the_desk
from tests.cast import case_about_karim, stage
from tests.doors.breaking_off import SPREAD, returns_after
from tests.doors.places import House

pytestmark = pytest.mark.browser


@pytest.mark.clauses("K-CONF-1")
def test_an_open_case_goes_when_its_reader_is_named_in_it_and_so_does_its_flag(
    hosts, page: Page
) -> None:
    cast = stage()
    case = case_about_karim(cast)
    flag = case.sources.get().flag
    luis = at_the_desk(cast.luis)
    kept = {name: one.value for name, one in luis.client.cookies.items()}
    House(cast, {}, {"luis": kept}).become(page.context, "luis", desk=True)
    with page.expect_response("**/live/**"):
        page.goto(f"{hosts.desk}/cases/{case.id}")
    expect(page.locator("h1")).to_contain_text(case.code)
    assert returns_after(page) == SPREAD
    beside = page.context.new_page()
    beside.goto(f"{hosts.desk}/flags/{flag.id}")
    page.bring_to_front()
    add_party(
        case,
        role="respondent",
        name="Luis",
        person_id=cast.luis.id,
        by=cast.amara.staff,
        at=cast.later(seconds=1),
    )
    for each in (page, beside):
        expect(each.locator("body")).not_to_contain_text(case.code)
        expect(each.locator("body")).not_to_contain_text(flag.code)
