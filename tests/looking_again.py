"""What stories about decisions after they were carried out need: one in force, and a second yes to lift it."""

from __future__ import annotations

from datetime import datetime

from concord.cases.models import Case
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Proposal
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target, Terms
from concord.people.designate import designate
from concord.people.enrol import enrol
from concord.people.models import Person, Role
from concord.people.pledge import pledge
from concord.policy.acknowledge import acknowledge
from concord.vault import keys
from tests.cast import PASSPHRASES, Cast, Desk, opened, proposed, terms_for

PASSPHRASES.setdefault("mina", "orbit velvet canoe lantern ritual mango drift")
PASSPHRASES.setdefault("zoe", "harvest pencil quartz meadow signal tunic brave")


def another_receiver(cast: Cast, name: str = "mina", *, at: datetime | None = None) -> Desk:
    """Mina receives reports too, and has had a part in nothing yet."""
    at = at or cast.at
    staff = designate(
        Person.objects.create(),
        working_name=name.title(),
        role=Role.RECEIVER,
        languages=["en"],
        by=cast.amara.staff,
        at=at,
    )
    login = enrol(
        staff,
        handle=name,
        passphrase=PASSPHRASES[name],
        countersigner=cast.luis.keyring,
        at=at,
    )
    acknowledge(staff, version=1, at=at)
    pledge(staff, at=at)
    return Desk(staff, login, keys.unlock(staff.person_id, PASSPHRASES[name]))


def decided(cast: Cast, *, agrees: Desk | None = None, **changes: object) -> Decision:
    """Amara proposed it and Noor agreed: Karim is out of the hall for a day, and his posts are gone."""
    agrees = agrees or cast.noor
    version = opened(proposed(cast, **changes).version, agrees, cast.at)
    agreed = concur(version, by=agrees.staff, keyring=agrees.keyring, at=cast.at)
    return agreed.execution.decision


def lift_of(decision: Decision, *posts: Target, **changes: object) -> Terms:
    """Terms that give access back, and these posts."""
    said: dict[str, object] = {
        "targets": (Target("lift", decision.id, decision.code), *posts),
        "grounds": (),
        "violations": (),
        "reason": "It was a quotation; we read it again.",
        "stabilises": "",
        "considered": "Leaving it until tomorrow.",
        "less_severe": "",
        "safety": "Sara was asked and is not worried.",
    }
    return Terms(**{**said, **changes})  # type: ignore[arg-type]


def proposed_lift(cast: Cast, decision: Decision, terms: Terms, *, at: datetime) -> Proposal:
    """Amara proposes it."""
    case = Case.objects.get(id=decision.case_id)
    return propose(case, terms=terms, by=cast.amara.staff, keyring=cast.amara.keyring, at=at)


def lifted(cast: Cast, decision: Decision, *posts: Target, at: datetime) -> Decision:
    """Amara proposed to lift it and Luis agreed."""
    proposal = proposed_lift(cast, decision, lift_of(decision, *posts), at=at)
    version = opened(proposal.version, cast.luis, at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=at)
    decision.refresh_from_db()
    return decision


__all__ = ["decided", "lift_of", "lifted", "proposed_lift", "terms_for"]
