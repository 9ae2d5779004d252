"""named_now: protected people whom a text calls by a name that they took on since they were protected (V-RETAL-1).

What is kept of a case knows the names of its day. Nothing is added to it when somebody takes on another one: the row
would tell that they are in a case. The names in the rooms are compared when something comes in, in memory.
"""

from __future__ import annotations

from concord.convenings.models import Registration
from concord.retaliation.models import Protected
from concord.retaliation.touching import STRONG, Token, of_name, of_person


def named_now(tokens: set[Token]) -> set[Token]:
    """The person tokens of those whose whole name stands in it; a single name alone is nobody's, as everywhere."""
    protected = Protected.objects.filter(kind="person", is_staff=False)
    known = {bytes(one) for one in protected.values_list("token", flat=True)}
    said = {token for token in tokens if token[0] in STRONG - {"person", "mailbox"}}
    if not known or not said:
        return set()
    people = Registration.objects.exclude(display_name="").values_list("person", "display_name")
    called = ((of_person(person), name) for person, name in people.iterator())
    return {who for who, name in called if who[1] in known and not said.isdisjoint(of_name(name))}
