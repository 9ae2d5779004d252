"""What concurrence announces. See docs/decisions/0005-announcements.md."""

from django.dispatch import Signal

proposed = Signal()
"""Sent with `version`, `about` (person ids) and `at`, in the transaction: colleagues are asked after commit."""

asked_wider = Signal()
"""Sent with `version` and `at`, in the transaction, when more people were asked, or one of them is on it."""

answered = Signal()
"""Sent with `version` and `at`, in the transaction, when somebody who was asked agreed or did not."""

settled = Signal()
"""Sent with `proposal` and `at`, in the transaction, when a proposal was executed, declined, voided, withdrawn or
lapsed: nobody is asked any more."""

executed = Signal()
"""Sent with `execution`, `decision` and `at`, in the executing transaction."""
