"""A case about somebody of the team, or of which somebody asked it, is used for its own people's safety alone (4.4)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from concord.cases.add_party import add_party
from concord.cases.classify_case import Classification
from concord.cases.close_case import OnlyItsCoordinatorCloses
from concord.cases.export_case import export_case
from concord.cases.merge_cases import merge_cases
from concord.cases.models import Export, Restriction
from concord.cases.restrict_case import (
    LiftingTakesAnother,
    RestrictionNeedsReason,
    TheTeamIsInIt,
    lift_restriction,
    restrict_case,
)
from concord.cases.restricted import IsRestricted, is_restricted
from concord.cases.signals import closed
from concord.cases.take_up import take_up
from concord.improvement.models import ClosedCount
from concord.ledger.models import Entry
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from tests.browsing import at_the_desk
from tests.cast import Cast, case_about_karim


def who(cast: Cast, name: str = "amara") -> dict:
    desk = getattr(cast, name)
    return {"by": desk.staff, "keyring": desk.keyring, "at": cast.at}


@pytest.mark.clauses("K-CONF-1", "I-PROC-1")
def test_what_somebody_asked_for_holds_until_another_person_lifts_it(cast: Cast) -> None:
    case = case_about_karim(cast)
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    amara.open(f"/cases/{case.id}/keeping").press("Restrict it", asked=" ")
    assert amara.status == 409
    amara.press("Restrict it", asked="The person who reported asked for it.")
    assert amara.sees("It is restricted")
    assert not amara.open(f"/cases/{case.id}").sees("Make a copy to print")
    assert amara.sees("used for its own people's safety alone")
    assert amara.post(f"/cases/{case.id}/copy").status == 409
    assert not Export.objects.exists()
    assert Entry.objects.filter(verb="refused", facts__rule="IsRestricted").exists()
    amara.post(f"/cases/{case.id}/restriction/lift")
    assert amara.status == 409 or amara.sees("Somebody else has to lift this")
    assert is_restricted(case)
    noor = at_the_desk(cast.noor)
    assert noor.post(f"/cases/{case.id}/restriction/lift").status == 404
    luis.open(f"/cases/{case.id}/keeping").press("Lift the restriction")
    assert not is_restricted(case)
    export_case(case, **who(cast))


@pytest.mark.clauses("K-CONF-1", "I-STAFF-1")
def test_a_case_with_somebody_of_the_team_in_it_is_restricted_by_itself_and_stays_so(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    for _twice in range(2):
        add_party(
            case,
            role="respondent",
            name="Noor",
            person_id=cast.noor.id,
            by=cast.amara.staff,
            at=cast.at,
        )
    (made,) = Restriction.objects.all()
    assert (made.because, made.set_by, made.reason_sealed) == ("team", None, None)
    with pytest.raises(IsRestricted):
        export_case(case, **who(cast))
    with pytest.raises(TheTeamIsInIt):
        lift_restriction(made, by=cast.luis.staff, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.update(lifted_at=cast.at, lifted_by=cast.luis.id)
    said = Classification(kinds=("threat",), grounds=())
    closed.send(sender=type(case), case=case, classified=said, at=cast.at)
    assert not ClosedCount.objects.exists()
    assert at_the_desk(cast.noor).open(f"/cases/{case.id}").status == 404


def test_who_may_restrict_and_that_a_merged_case_stays_restricted(cast: Cast) -> None:
    older = case_about_karim(cast)
    post = cast.say(cast.karim, "And again.")
    raised = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    judged = judge_credible(raised, credible=True, reason="Again.", **who(cast))
    younger = take_up(judged, **(who(cast) | {"at": cast.later(seconds=1)}))
    with pytest.raises(RestrictionNeedsReason):
        restrict_case(younger, reason="", by=cast.amara.staff, at=cast.at)
    with pytest.raises(OnlyItsCoordinatorCloses):
        restrict_case(younger, reason="Asked.", by=cast.noor.staff, at=cast.at)
    made = restrict_case(younger, reason="She asked.", by=cast.amara.staff, at=cast.at)
    assert restrict_case(younger, reason="Anew.", by=cast.luis.staff, at=cast.at) == made
    with pytest.raises(LiftingTakesAnother):
        lift_restriction(made, by=cast.amara.staff, at=cast.at)
    merged = merge_cases(older, other=younger, **(who(cast) | {"at": cast.later(seconds=2)}))
    assert merged == older
    assert is_restricted(older)
    amara = at_the_desk(cast.amara).open(f"/cases/{older.id}/keeping")
    assert amara.sees("She asked.")
    with pytest.raises(IsRestricted):
        export_case(older, **who(cast))
