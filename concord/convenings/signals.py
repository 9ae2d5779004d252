"""What convenings announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

convening_planned = Signal()
"""Sent with `convening` and `at`, inside the transaction that plans an event."""

session_planned = Signal()
"""Sent with `session` and `at`, inside the transaction that plans a session of an event."""

convening_changed = Signal()
"""Sent with `convening` and `at`, inside the transaction that opens, pauses or ends an event."""

participant_renamed = Signal()
"""Sent with `registration` and `at`, inside the transaction in which somebody changes their own name or pronouns."""

session_changed = Signal()
"""Sent with `session` and `at`, inside the transaction that opens, pauses or ends a session."""
