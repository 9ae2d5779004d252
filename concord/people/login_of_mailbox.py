"""login_of_mailbox: the one login behind a mailbox, known or new. It lets nobody in: that is `sign_in`'s to do."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from concord.people.addresses import about_address, canonical_token, mailbox_token, seal_address
from concord.people.models import Login, Person


def login_of_mailbox(address: str, *, language: str = "") -> Login:
    """Not verified while it is new: nobody has shown yet that the mailbox is theirs.

    A known one stays as it is, also where the address itself was forgotten. Two at once leave one.
    """
    known = Login.objects.filter(mailbox_token=mailbox_token(address))
    login = known.first()
    if login is None:
        try:
            with transaction.atomic():
                login = _new(address, language)
        except IntegrityError:
            login = known.get()
    return login


def _new(address: str, language: str) -> Login:
    id = uuid.uuid4()
    return Login.objects.create(
        id=id,
        person=Person.objects.create(),
        handle=f"mailbox-{id}",
        address_sealed=seal_address(address, about=about_address(id)),
        mailbox_token=mailbox_token(address),
        canonical_token=canonical_token(address),
        language=language,
    )
