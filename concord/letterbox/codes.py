"""Return codes: nineteen random characters and a check, in fours, written so that people can copy them.

Crockford's base 32: no I, L, O or U, so that nothing is misread; what is typed instead is understood.
The check is a sum over GF(32) with a different weight for each place: it catches any one wrong character
and any two that changed places.
"""

from __future__ import annotations

import unicodedata

from concord.names.normalising import normalised

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
SECRET_BYTES = 12
"""95 of 96 bits are used: nineteen characters of five."""
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def encode(secret: bytes) -> str:
    """The code for twelve secret bytes, without its dashes."""
    number = int.from_bytes(secret, "big") >> 1
    digits = [number >> shift & 31 for shift in range(90, -1, -5)]
    return "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])


def in_fours(code: str) -> str:
    """The code as people see it: five groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def understand(typed: str) -> str | None:
    """The code that was meant, or None when it cannot be one.

    Any case, spacing and punctuation will do, and digits of any script; O, I, L and U are read as 0, 1, 1, V.
    """
    plain = normalised("NFKC", typed).upper()
    latin = "".join(_latin(sign) for sign in plain if sign.isalnum()).translate(MISREAD)
    if len(latin) != LENGTH or not set(latin) <= set(ALPHABET):
        return None
    digits = [ALPHABET.index(sign) for sign in latin]
    return latin if _check(digits[:-1]) == digits[-1] else None


def _latin(sign: str) -> str:
    return str(unicodedata.digit(sign)) if sign.isdigit() else sign


def _check(digits: list[int]) -> int:
    total = 0
    for digit in digits:
        total = _doubled(total ^ digit)
    return total


def _doubled(element: int) -> int:
    """Multiply by x in GF(32) over x^5 + x^2 + 1, where x has order 31."""
    return element << 1 ^ (0b100101 if element & 16 else 0)
