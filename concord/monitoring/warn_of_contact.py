"""warn_of_contact: whoever is about to send a way to reach somebody is asked first whether it is theirs to share.

It refuses nothing: one press sends it all the same (V-CONFID-1, V-STALK-1).
"""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.monitoring.screening.contact import contacts_in
from concord.spaces.hooks import before_post
from concord.spaces.models import Room

QUESTIONS = {
    "phone": _(
        "This looks like a phone number. Is it yours to share? Everyone in this room will see it."
    ),
    "mailbox": _(
        "This looks like an e-mail address. Is it yours to share? Everyone in this room will see it."
    ),
    "street": _(
        "This looks like an address where somebody lives or works. Is it yours to share? "
        "Everyone in this room will see it."
    ),
}


@before_post
def warn_of_contact(room: Room, text: str) -> str | Promise | None:
    """The question, or None."""
    found = contacts_in(text, region=settings.CONCORD_SCREEN_REGION or None)
    return QUESTIONS[found[0].kind] if found else None
