"""What cases announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

recused = Signal()
"""Sent with `case`, `person` (id), `by` (keyring or None) and `at` inside the recusing transaction: whoever keeps
further copies of the case takes them from that person at once."""
