"""The simulated people of `rehearse --drill`: where they are, and how long each thing takes them.

These delays are fixed, and printed with every result. They are not measured, and say nothing about any team: how long
your own people take, only a drill with them can tell. Everything else in the result is the machine's.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from concord.people.models import Role


@dataclass(frozen=True)
class Colleague:
    """Somebody on the simulated team."""

    handle: str
    name: str
    role: Role
    zone: str

    @property
    def city(self) -> str:
        return ZoneInfo(self.zone).key.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Delay:
    """What somebody does, and the seconds that we let it take."""

    who: str
    does: str
    seconds: int


MINA = Colleague("mina", "Mina", Role.STAFF, "Asia/Jakarta")
TARIQ = Colleague("tariq", "Tariq", Role.STAFF, "Asia/Jakarta")
LUCIA = Colleague("lucia", "Lucia", Role.STAFF, "America/Lima")
OTHERS = (MINA, TARIQ, LUCIA)
"""Beside those of the planted team: Amara and Noor, whom we let be in Nairobi, and Luis, in Lima."""

CITY = {"Amara": "Nairobi", "Noor": "Nairobi", "Luis": "Lima"} | {
    one.name: one.city for one in OTHERS
}

DELAYS = (
    Delay("Amara", "looks at the flags on her watch", 40),
    Delay("Amara", "answers them: they need action", 30),
    Delay("Amara", "writes one sentence and asks", 75),
    Delay("Noor", "reads on her phone, and declines with a reason", 150),
    Delay("Mina", "is woken, unlocks, reads and agrees", 180),
    Delay("Lucia", "is on shift in Lima at 03:00, and sleeps through it", 0),
)
UNTIL_AGREED = sum(delay.seconds for delay in DELAYS)
