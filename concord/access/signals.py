"""What the gate announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

person_shut_out = Signal()
"""Sent with `shut` and `at`, inside the transaction that shuts. Effects outside the database wait for commit."""

person_readmitted = Signal()
"""Sent with `shut` and `at`, inside the transaction that ends a shut early."""

entry_refused = Signal()
"""Sent with `person_id`, `shut_id` and `at` when somebody who is shut out tried to enter.

Sent where the refusal is told, after the refused transaction was rolled back; see `access.refuse`.
"""
