"""What monitoring announces."""

from django.dispatch import Signal

flagged = Signal()
"""Sent with `flag`, `seen` (`seen.Seen`, in the clear and in memory only) and `at`, in the flagging transaction; and
once more for each further message that joins an item of screening."""

judged = Signal()
"""A member of staff judged a flag. Sent in the transaction with `flag`, `by` (StaffMember), `keyring`, `at`."""
