"""What happened elsewhere, long ago, by somebody who was never here, counts as well (PUB-18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from concord.cases.classify_case import read_classification
from concord.cases.models import Case
from concord.concurrence.models import Decision, GroundCount, Proposal
from concord.people.tests.team import Mailbox
from concord.policy.violations import GROUNDS
from concord.reports.models import Report
from concord.reports.tests.files import brought, photograph
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, stage

TOLD = (
    "He spoke at your event two months ago. Since then he has been posting slurs about me: "
    "https://social.example/@viktor/114 and the screenshot."
)
PLACE, DATE = "On a social network", "Two months after your event"


@pytest.fixture(scope="module")
def staged(kept_for_the_module: None) -> Cast:
    return stage(timezone.now() - timedelta(minutes=30))


@pytest.mark.clauses(
    "S-BEYOND-1", "S-REPORTED-1", "A-DENY-1", "A-GROUND-1", "A-GROUND-3", "A-GROUND-4",
    "P-GROUNDS-1", "V-DEF-1", "V-COMMENT-1", "V-MATERIAL-1",
)  # fmt: skip
def test_slurs_on_a_social_network_two_months_later_end_in_no_entry_to_what_comes_next(
    cast: Cast, mailbox: Mailbox
) -> None:
    Browser().open("/report").press("Send it", text=TOLD, where=PLACE, when=DATE)
    report = Report.objects.get()
    brought(report, photograph(), cast.at)
    amara = at_the_desk(cast.amara).open(f"/reports/{report.id}")
    for words in (PLACE, DATE, "social.example", "photo.jpg"):
        assert amara.sees(words), words
    amara.press("Take it into a case")
    case = Case.objects.get()
    amara.follow("Say what it is about").press(
        "Keep", kinds=["comment", "material"], grounds=list(GROUNDS)
    )
    assert amara.path == f"/cases/{case.id}", amara.words
    case.refresh_from_db()
    said = read_classification(case, keyring=cast.amara.keyring)
    assert len(said.grounds) == len(GROUNDS) == 11
    amara.open(f"/cases/{case.id}")
    assert amara.sees(PLACE)
    assert amara.sees(DATE)
    amara.follow("Name somebody else").press(
        "Keep it", role="respondent", name="Viktor Lang", other_names="viktor.lang@gmail.com"
    )
    amara.follow("Deny entry")
    assert "viktor.lang@gmail.com" in amara.page
    amara.press(
        "See what it does",
        scope="all:",
        review_on=(timezone.now() + timedelta(days=180)).date().isoformat(),
        grounds=["risk", "conduct", "values"],
        relied_on="The posts behind the link, seen by two of us, and the screenshot.",
        value="dignity",
        reason="He has called for her to be driven out, for weeks, in public.",
        stabilises="She can come to the next event.",
        considered="Writing to him; waiting.",
        less_severe="He announced that he would be there.",
        is_safe="on",
    )
    amara.press("Ask for a second yes")
    at_the_desk(cast.luis).open(f"/proposals/{Proposal.objects.get().id}").press("I agree")
    assert Decision.objects.get().case == case
    counted = dict(GroundCount.objects.values_list("ground", "decisions"))
    assert counted == {"risk": 1, "conduct": 1, "values": 1}
    door = Browser().open("/e/votes/register")
    door.press("Send me a link", display_name="V. L.", address="viktorlang+2@gmail.com")
    door.press("Go in", code=mailbox.code())
    assert door.sees("You do not have access to this place at the moment.")
