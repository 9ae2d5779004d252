"""tell_respondent: a neutral notice to a person who lost access, with ways to ask us to look again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.concurrence.models import Decision, Execution
from concord.concurrence.signals import executed
from concord.concurrence.terms import ON_A_PERSON
from concord.letters.registry import register_kind
from concord.letters.send import send
from concord.people.addresses import address_of
from concord.people.languages import language_of
from concord.people.models import Login

register_kind("actions.notice", template="actions/letters/notice.txt", guarded=True)


@receiver(executed)
def tell_respondent(
    sender: type[Execution],
    execution: Execution,
    decision: Decision,
    contents: dict[str, Any],
    at: datetime,
    **kwargs: Any,
) -> None:
    """Leave the notice that both people agreed to, word for word, for every verified mailbox of the person.

    The language was chosen when it was written, see `write_notice`; the letter says which. It goes out once
    every step was seen to hold: revoke, delete, verify, then notice (workflow.md 4.5).
    """
    texts = contents["texts"]
    if not texts["notice_body"].strip():
        return
    people = [step["target"] for step in contents["steps"] if step["kind"] in ON_A_PERSON]
    for person in dict.fromkeys(people):
        for address, language in addresses_of(UUID(person)):
            send(
                "actions.notice",
                to=address,
                subject=texts["notice_subject"],
                body=texts["notice_body"],
                language=language,
                verdict=UUID(contents["verdict"]),
                waits_for=execution.id,
                at=at,
            )


def addresses_of(person: UUID) -> list[tuple[str, str]]:
    """The verified addresses of a person, opened for sending and for nothing else, each with its language."""
    logins = Login.objects.by_mailbox().filter(person_id=person)
    found = ((address_of(login), language_of(login)) for login in logins)
    return [(address, language) for address, language in found if address]
