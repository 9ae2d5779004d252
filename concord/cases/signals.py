"""What cases announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

recused = Signal()
"""Sent with `case`, `person` (id), `keyring` (of whoever wrote it down, or None) and `at` inside the recusing
transaction: whoever keeps further copies of the case takes them from that person at once."""

seated = Signal()
"""Sent with `case` and `at`, in the transaction, whenever somebody came to coordinate it or to be its deputy, by
whichever way: whoever keeps further copies of the case gives them to those who sit there now."""

merged = Signal()
"""Sent with `case` (the older), `gone` (the younger, an empty shell from now on) and `at`, in the transaction, before
those who are kept out of either are taken out: whoever keeps something of the younger hangs it onto the older."""

handed_over = Signal()
"""Sent with `case`, `former` and `by` (StaffMember: who coordinates from now on) and `at`, in the transaction."""

came_back = Signal()
"""Sent with `case` and `at`, in the transaction, when a case that rested comes back with nobody's key at hand."""

party_added = Signal()
"""Sent with `case`, `known` (`parties.Known`, in the clear and in memory only) and `at`, in the transaction."""

taken_up = Signal()
"""Sent with `case`, `source` (Flag or Report), `contents` (Seen or Told, in the clear and in memory only), `by` and
`at`, in the transaction that opens or joins a case."""

closed = Signal()
"""Sent with `case`, `classified` (`classify_case.Classification`, in memory only) and `at`, in the transaction."""

purging = Signal()
"""Sent with `case` and `at` inside the erasing transaction, before anything of the case is gone: whoever keeps
something of it in a room above erases that too."""
