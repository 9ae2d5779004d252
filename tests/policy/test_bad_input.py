"""What makes no sense is refused in kind words, and nothing that was typed is lost: rosters, cases, wrong links."""

from __future__ import annotations

from datetime import UTC
from html import unescape

import pytest
from django.db import IntegrityError, transaction

from concord.cases.decide_no_action import decide_no_action
from concord.cases.hand_over import hand_over
from concord.cases.models import Case, NoAction
from concord.cases.read_case import read_case
from concord.convenings.coverage import coverage
from concord.monitoring.models import Flag
from concord.people.models import Login, Shift
from concord.people.plan_shift import plan_shift
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, assessed, case_about_karim, flagged, proposed

pytestmark = pytest.mark.django_db
LONG = "We weighed this carefully. " * 2_500
"""Ten thousand words."""


def shift(cast: Cast, page: Browser, **typed: str) -> Browser:
    day = cast.later(days=1).astimezone(UTC).date().isoformat()
    told = {
        "staff": str(cast.noor.staff.id), "starts_at": f"{day}T08:00", "ends_at": f"{day}T12:00",
        "zone": "UTC",
    }  # fmt: skip
    return page.open("/events/votes/roster").press("Plan this shift", **{**told, **typed})


@pytest.mark.parametrize(
    "typed, words",
    [
        ({"starts_at": "2021-01-01T08:00", "ends_at": "2021-01-01T09:00"}, "over already"),
        ({"ends_at": "2031-01-01T07:00", "starts_at": "2031-01-01T08:00"}, "before the start"),
        ({"zone": "Middle-earth/Shire"}, "This time zone is not known."),
        ({"zone": "+25:00"}, "This time zone is not known."),
        (
            {"starts_at": "2031-03-30T02:30", "ends_at": "2031-03-30T06:00", "zone": "Europe/Rome"},
            "this time does not exist",
        ),
        ({"starts_at": "tomorrow at nine"}, "valid date"),
        ({"starts_at": ""}, "required"),
    ],
)
def test_a_shift_that_makes_no_sense_is_told_in_words_and_stays_in_its_form(
    cast: Cast, typed: dict[str, str], words: str
) -> None:
    before = Shift.objects.count()
    page = shift(cast, at_the_desk(cast.amara), **typed)
    assert page.sees(words)
    assert Shift.objects.count() == before
    for value in typed.values():
        assert f'value="{value}"' in unescape(page.page)


def test_a_time_with_an_offset_is_that_moment_and_without_one_the_clock_of_the_zone(
    cast: Cast,
) -> None:
    shift(
        cast, at_the_desk(cast.amara), starts_at="2031-05-01T08:00+03:00",
        ends_at="2031-05-01T09:00", zone="UTC",
    )  # fmt: skip
    made = Shift.objects.get(starts_at__year=2031)
    assert (made.starts_at.hour, made.ends_at.hour) == (5, 9)


def test_one_person_is_one_however_many_logins_and_shifts_they_have(cast: Cast) -> None:
    Shift.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Login.objects.create(person=cast.noor.staff.person, handle="noor-at-home", verified=True)
    for begins in (0, 1):
        plan_shift(
            cast.noor.staff, convening=cast.convening.id, starts_at=cast.later(hours=begins),
            ends_at=cast.later(hours=3), by=cast.amara.staff, at=cast.at,
        )  # fmt: skip
    assert {one.agree for one in coverage(cast.convening, after=cast.at)} <= {0, 1}


def test_a_reason_is_asked_for_again_when_empty_and_kept_whole_when_long(cast: Cast) -> None:
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    flag = flagged(cast)
    amara.open(f"/flags/{flag.id}").press("It needs action", reason=" ")
    assert amara.status == 409
    assert Flag.objects.get().credible is None
    amara.open(f"/flags/{flag.id}").press("It needs action", reason=LONG)
    case = Case.objects.get()
    read = read_case(case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert read.flags[0].judgement.strip() == LONG.strip()
    said = {"live": "over", "grounds": LONG, "wishes": "Nobody has said.", "safety": ""}
    amara.open(f"/cases/{case.id}/assess").press("Keep it", **said)
    assert amara.status == 422
    assert LONG.strip() in unescape(amara.page), "what was typed stands there"
    amara.press("Keep it", safety="Nobody.")
    amara.open(f"/cases/{case.id}/keeping").press("Ask a colleague to agree", why=LONG)
    decided = NoAction.objects.get()
    luis.open(f"/left/{decided.id}")
    assert luis.sees(LONG.strip())
    luis.press("I do not agree", reason=LONG)
    assert amara.open(f"/cases/{case.id}/keeping").sees(LONG.strip())
    assert amara.press("Hold it", reason="").status == 409
    amara.open(f"/cases/{case.id}/keeping").press("Hold it", reason=LONG)
    assert amara.open(f"/cases/{case.id}/keeping").sees("It is held")


def test_a_lead_who_writes_too_much_or_nothing_keeps_every_word(cast: Cast) -> None:
    Shift.objects.all().delete()
    page = at_the_desk(cast.amara).open("/events/votes/roster").press("I accept it", reason=LONG)
    assert LONG.strip() in unescape(page.page)
    assert not cast.convening.acceptances.exists()
    page.press("I accept it", reason="The night is quiet.")
    assert cast.convening.acceptances.count() == 1


def test_a_link_in_the_wrong_hands_opens_nothing_and_says_so_kindly(cast: Cast) -> None:
    case = case_about_karim(cast)
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    handover = hand_over(case, to=cast.luis.staff, **who)
    decided = decide_no_action(assessed(cast, case), reason="A play.", **who)
    proposal = proposed(cast, case)
    links = (
        f"/cases/{case.id}",
        f"/cases/{case.id}/keeping",
        f"/handovers/{handover.id}",
        f"/left/{decided.id}",
        f"/proposals/{proposal.id}",
    )
    ravi, ines = at_the_desk(cast.ravi), at_the_desk(cast.ines)
    nothing = ravi.open("/nothing/here").words
    for page in (ravi, ines):
        for link in links:
            assert page.open(link).status == 404, link
            assert page.words == nothing or page is ines
            assert case.code not in page.page
            assert "Karim" not in page.page
    for link in (f"/handovers/{handover.id}/take", f"/left/{decided.id}/agree"):
        assert ravi.post(link).status == 404
    outsider = Browser()
    for link in links:
        assert outsider.open(link).status == 404
        assert case.code not in outsider.page
