"""What actions announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

not_me_accepted = Signal()
"""Sent with `request`, `shut` (id), `keyring` and `at` inside the transaction in which somebody without a part in the
decision accepts "this is not me" about a return. Whoever acted on that return undoes it, and answers with the id of
the person who was given access back."""
