"""Whatever is done about a person, mild or strong, takes a finding and a second yes (P-SANCTION-1)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from concord.access.models import Limit, Notice, Shut
from concord.cases.models import Case
from concord.concurrence.execute import NeedsConcurrence, execute
from concord.concurrence.models import Execution, Proposal, Warrant
from concord.concurrence.terms import LADDER, Incomplete, Target
from tests.cast import Cast, case_about_karim, proposed


def step(cast: Cast, kind: str) -> Target:
    """One step of this kind on Karim, in the hall, for a day."""
    details: dict[str, dict[str, object]] = {
        "limit": {"pace": 10},
        "other": {"words": "Call his office.", "hand": str(cast.luis.id)},
    }
    return Target(
        kind,
        cast.karim.person_id,
        "Karim Haddad",
        scope_kind="session",
        scope_id=cast.hall.session_id,
        until_at=cast.later(hours=24),
        detail=details.get(kind, {}),
    )


def missing(cast: Cast, case: Case, **changes: object) -> list[str]:
    """What a proposal lacks, when it is refused for that."""
    try:
        with transaction.atomic():
            proposed(cast, case, **changes)
    except Incomplete as refused:
        return refused.missing
    return []


@pytest.mark.clauses("P-SANCTION-1")
@pytest.mark.parametrize("kind", sorted(LADDER))
def test_nothing_happens_to_a_person_without_a_finding_and_a_second_yes(
    cast: Cast, kind: str
) -> None:
    case = case_about_karim(cast)
    for lacks in ({"finding": "  "}, {"violations": ()}):
        assert missing(cast, case, targets=(step(cast, kind),), **lacks) == ["finding"]
    assert not Proposal.objects.exists()
    proposal = proposed(cast, case, targets=(step(cast, kind),))
    with pytest.raises(NeedsConcurrence):
        execute(proposal.version, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Warrant.objects.create(
            execution=Execution.objects.create(executed_at=cast.at),
            kind=kind,
            target=cast.karim.person_id,
        )
    for trace in (Execution, Warrant, Shut, Limit, Notice):
        assert not trace.objects.exists()
    assert cast.say(cast.karim, "Good morning").text == "Good morning"
