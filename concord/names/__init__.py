"""Folds, transliterates and tokenises names and mailboxes, so that equality can be told without the text.

Used to recognise a returning login (R-EVADE-1), a kept-out receiver, a protected party; never to judge one.
"""

from concord.names.display import clean_display_name, clean_name
from concord.names.folding import fold, skeleton, sorted_name, transliterate, words_of
from concord.names.mailboxes import canonical_mailbox, is_shared_mailbox
from concord.names.tokens import token

__all__ = [
    "canonical_mailbox",
    "clean_display_name",
    "clean_name",
    "fold",
    "is_shared_mailbox",
    "skeleton",
    "sorted_name",
    "token",
    "transliterate",
    "words_of",
]
