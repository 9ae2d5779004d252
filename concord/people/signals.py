"""What people announces."""

from django.dispatch import Signal

signed_in = Signal()
"""A participant's mailbox was verified and they are about to be let in; inside the same transaction.

Sent with `login` (Login) and `at`. Receivers may shut the person out; the gate is asked afterwards.
"""

affiliation_named = Signal()
"""Somebody said of themself that they belong to an organisation, which they had not said before.

Sent with `affiliation` (Affiliation) and `at`, inside the transaction, with the organisation's row held.
"""

affiliation_ended = Signal()
"""It is no longer known of somebody that they belong to an organisation: taken back, erased, forgotten.

Sent with `person` (id), `folded` (the organisation's folded name) and `at`, inside the transaction.
"""

tie_declared = Signal()
"""A staff member said to whom they are close; inside the same transaction, once for each tie.

Sent with `staff` (StaffMember), `person` (Person), `keyring` (theirs, or None) and `at`. Receivers take back what was
given about that person.
"""

outside_named = Signal()
"""Another outside contact was named; inside the same transaction.

Sent with `contact` (OutsideContact), `former` (the holders of those before) and `at`.
"""

acquaintance_declared = Signal()
"""A staff member said whom they know a little; as `tie_declared`, with the same.

Receivers take back what asks for a yes about that person.
"""

mailbox_tie_declared = Signal()
"""A staff member said that they are close to, or know a little, whoever has a mailbox with which nobody signs in here.

Sent with `staff` (StaffMember), `mailbox`, `is_close`, `keyring` (theirs, or None) and `at`, inside the transaction.
"""

departure_asked = Signal()
"""Somebody asked that a colleague leaves the team, which takes a second one's yes; inside the same transaction, once.

Sent with `staff` (StaffMember, who is to leave), `by` (StaffMember) and `at`.
"""

designation_ended = Signal()
"""Somebody left the team; inside the same transaction, once.

Sent with `staff` (StaffMember), `by` (StaffMember, or None at the command line) and `at`.

Receivers give what was theirs to others, and take back the keys to what goes on without them.
"""
