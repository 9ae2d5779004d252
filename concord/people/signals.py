"""What people announces."""

from django.dispatch import Signal

signed_in = Signal()
"""A participant's mailbox was verified and they are about to be let in; inside the same transaction.

Sent with `login` (Login) and `at`. Receivers may shut the person out; the gate is asked afterwards.
"""
