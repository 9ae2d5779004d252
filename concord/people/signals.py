"""What people announces."""

from django.dispatch import Signal

signed_in = Signal()
"""A participant's mailbox was verified and they are about to be let in; inside the same transaction.

Sent with `login` (Login) and `at`. Receivers may shut the person out; the gate is asked afterwards.
"""

tie_declared = Signal()
"""A staff member said to whom they are close; inside the same transaction, once for each tie.

Sent with `staff` (StaffMember), `person` (Person) and `at`. Receivers take back what was given about that person.
"""
