"""called_now: what people are called where they were sealed under a name that they may have given up (V-MISGENDER-1).

A name that was given up is shown to nobody, also when the one that took its place is forgotten: whoever asks gets the
empty name then, and says "Somebody who took part". All names by which somebody goes are for the guards that read what
leaves, and for nobody's eyes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from concord.people.models import Person


@dataclass(frozen=True)
class Called:
    """One person: in which event they go by which name, the newest event last; how often they gave one up."""

    standing: tuple[tuple[UUID, str], ...] = ()
    renames: int = 0

    @property
    def names(self) -> list[str]:
        """Every name they go by anywhere, each once."""
        return list(dict.fromkeys(name for _event, name in self.standing))

    def there(self, sealed: str, *, renames: int, near: Collection[UUID]) -> str:
        """What to show for a name that was sealed when they had given up so many.

        What they go by in the events that are `near`; where they have no name there, the sealed one, and nothing if
        they have given one up since.
        """
        gave_up = self.renames > renames
        names = [name for event, name in self.standing if event in near]
        if not names:
            return "" if gave_up else sealed
        others = [name for name in names if name != sealed]
        return sealed if sealed in names and not (gave_up and others) else others[-1]

    def anywhere(self, sealed: str, *, renames: int, near: Collection[UUID]) -> str:
        """The same where it is not known which events are near: rather than nothing, the newest name elsewhere."""
        shown = self.there(sealed, renames=renames, near=near)
        if shown or not sealed:
            return shown
        everywhere = {event for event, _name in self.standing}
        return self.there(sealed, renames=renames, near=everywhere)


def called_now(persons: Iterable[UUID]) -> dict[UUID, Called]:
    """Each of these persons, by one query for all of them."""
    event, name = "registrations__convening", "registrations__display_name"
    rows = Person.objects.filter(id__in=set(persons)).order_by(f"{event}__starts_at")
    found: dict[UUID, Called] = {}
    for person, renames, where, called in rows.values_list("id", "renames", event, name):
        before = found[person].standing if person in found else ()
        found[person] = Called((*before, (where, called)) if called else before, renames)
    return found
