"""tied: who on the team is close to somebody in a case, or knows them, asked without opening it (K-CONF-1).

Who is in a case lies sealed, and whoever is asked for a yes, or for a seat, need not hold its key. So tokens lie beside
each party: keyed, and made anew for each case, of the tokens by which ties are kept. By the rows alone no two cases can
be compared, nor a case with a tie; and as noise fills them up, they do not tell which part somebody has in it.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from concord.cases.models import Case, Party
from concord.names import token
from concord.people.models import Tie
from concord.people.ties import ACQUAINTED, CLOSE, declared, person_token, tokens_of

SIZE = 16
AT_LEAST = 4
"""So many lie beside each party, or twice as many and so on; at least one of them is noise."""


def tokens_beside(case: UUID, *, person: UUID | None, addresses: Iterable[str] = ()) -> bytes:
    """What lies beside a party who keeps out whoever is close to them; with neither, noise alone, for all others."""
    kept = [_token(case, one) for one in tokens_of(person, addresses)]
    missing = AT_LEAST - len(kept) % AT_LEAST
    return b"".join(sorted(kept + [secrets.token_bytes(SIZE) for _each in range(missing)]))


def close_in(case: Case, *, among: Iterable[UUID]) -> set[UUID]:
    """Those of these staff (as person ids) who are in it themselves, or declared to be close to somebody who is."""
    return _tied_in(case, set(among), kinds=CLOSE)


def acquainted_in(case: Case, *, among: Iterable[UUID]) -> set[UUID]:
    """Those of them who said that they know somebody in it a little."""
    return _tied_in(case, set(among), kinds=ACQUAINTED)


def naming(ties: Collection[bytes], *, among: Iterable[UUID]) -> set[UUID]:
    """Those of these cases that name whoever these tokens are of, in a part that keeps out those close to them."""
    return {case for case, kept in _kept(among).items() if _is_any_of(ties, case, kept)}


def _tied_in(case: Case, among: set[UUID], *, kinds: Collection[Tie.Kind]) -> set[UUID]:
    kept = _kept([case.id]).get(case.id)
    if not kept or not among:
        return set()
    found = {staff for staff, tie in declared(kinds) if _token(case.id, tie) in kept}
    if kinds == CLOSE:
        found |= {one for one in among if _token(case.id, person_token(one)) in kept}
    return found & among


def _kept(cases: Iterable[UUID]) -> dict[UUID, set[bytes]]:
    """By case, the tokens beside its parties."""
    found: dict[UUID, set[bytes]] = defaultdict(set)
    rows = Party.objects.filter(case__in=list(cases), ties__isnull=False)
    for case, ties in rows.values_list("case", "ties"):
        kept = bytes(ties or b"")
        found[case] |= {kept[at : at + SIZE] for at in range(0, len(kept), SIZE)}
    return found


def _is_any_of(ties: Iterable[bytes], case: UUID, kept: set[bytes]) -> bool:
    return any(_token(case, one) in kept for one in ties)


def _token(case: UUID, tie: bytes) -> bytes:
    return token("named in", f"{case}:{tie.hex()}")
