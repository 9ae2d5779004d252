"""What monitoring announces."""

from django.dispatch import Signal

judged = Signal()
"""A member of staff judged a flag. Sent in the transaction with `flag`, `by` (StaffMember), `keyring`, `at`."""
