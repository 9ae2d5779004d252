"""Every page is one that `tests/doors` opens before axe, or is named here with why not: none is forgotten."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.urls import Resolver404, URLPattern, resolve

from tests.doors.places import DESK, DESK_ONCE, PUBLIC, PUBLIC_ONCE, Place
from tests.house.test_doors import HOSTS, addresses

SOME = ["00000000-0000-0000-0000-000000000000", "1", "aaa"]
"""What may stand in an address where `{ids}` stand in a place."""

NO_PAGE = {
    "policy_text", "leave", "still", "next_thing", "list_file", "flag_words", "report_picture", "notices_script",
    "proposal_changed", "mfa_download_recovery_codes", "look", "drill", "in_drill", "answer_flag", "cover_me",
    "covered", "post",
}  # fmt: skip
"""A file, a part of a page, a way on to another page; and what a drill shows, which `test_axe` opens by itself."""

THE_SAME_PAGE = {
    "video": "room", "own_moment": "flagged", "out_of_decision": "out-of-flag", "out_of_report": "out-of-flag",
    "out_of_no_action": "out-of-flag", "mfa_remove_webauthn": "second-step", "mfa_edit_webauthn": "second-step",
    "mfa_reauthenticate_webauthn": "second-again", "account_logout": "desk-sign-in",
    "mfa_authenticate": "second-code",
}  # fmt: skip
"""Its template is that of a place."""

NOT_YET = {
    "report_shelf_flag", "kept_left", "kept_case", "kept_review", "attempt", "add_colleague",
    "party",
}  # fmt: skip
"""Pages that nobody has laid out in `house()`: what the outside contact reads of each thing, what came in and touches
an older case, the passphrase of whoever is brought in, and one person of a case."""


def opened(places: list[Place], conf: str) -> Iterator[str]:
    for place in places:
        for some in SOME:
            try:
                found = resolve(_address(place, some), conf)
            except Resolver404:
                continue
            yield found.url_name or ""


def _address(place: Place, some: str) -> str:
    class Each(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return some

    return place.path.partition("?")[0].format_map(Each())


def is_only_sent(pattern: URLPattern) -> bool:
    """Whether the view takes nothing but a form that is sent: it has no address that one opens."""
    before = inspect.getsource(inspect.unwrap(pattern.callback)).partition("def ")[0]
    return "require_POST" in before or '["POST"]' in before


@pytest.mark.parametrize(
    "conf, places", [(HOSTS[0], PUBLIC + PUBLIC_ONCE), (HOSTS[1], DESK + DESK_ONCE)]
)
def test_every_page_is_opened_by_the_browser_or_named_with_why_not(conf, places):
    seen = {*opened(places, conf), *NO_PAGE, *THE_SAME_PAGE, *NOT_YET}
    patterns = [pattern for _path, pattern in addresses(import_module(conf).urlpatterns)]
    assert [one.name for one in patterns if one.name not in seen and not is_only_sent(one)] == []


def test_no_page_is_excused_that_is_opened():
    everything = [*opened(PUBLIC + PUBLIC_ONCE, HOSTS[0]), *opened(DESK + DESK_ONCE, HOSTS[1])]
    assert NOT_YET & set(everything) == set()
    names = {place.name for place in [*PUBLIC, *PUBLIC_ONCE, *DESK, *DESK_ONCE]}
    assert set(THE_SAME_PAGE.values()) <= names
    patterns = [each for conf in HOSTS for each in addresses(import_module(conf).urlpatterns)]
    assert NO_PAGE | set(THE_SAME_PAGE) | NOT_YET <= {pattern.name for _path, pattern in patterns}
