"""What reports announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

erasing = Signal()
"""Sent with `report` and `at`, before a report is erased: whoever keeps something of it erases that."""

readers_changed = Signal()
"""Sent with `report`, `persons` (ids) and `at`, in the transaction in which the reporter keeps these persons out:
whoever keeps something made of the report takes it from them at once."""
