"""tell_respondent: a neutral notice to whom something was decided about, with ways to ask us to look again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from concord.access.models import Notice
from concord.access.tell import seal_into
from concord.actions.models import Told
from concord.concurrence.contents import effect_of, targets_of
from concord.concurrence.manifest import commitment_of
from concord.concurrence.models import Decision, Execution
from concord.concurrence.signals import executed
from concord.concurrence.terms import told_alike
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
    for key, steps in told_alike(targets_of(contents)).items():
        subject, body, verdict = _words(contents, key)
        if not body.strip():
            continue
        for person in dict.fromkeys(step.id for step in steps):
            left = leave_letters(
                execution,
                person,
                subject=subject,
                body=body,
                verdict=verdict,
                waits_for=execution.id,
                at=at,
            )
            if not left:
                say_it_in_the_room(execution, person, f"{subject}\n\n{body}")


def leave_letters(
    execution: Execution,
    person: UUID,
    *,
    subject: str,
    body: str,
    verdict: UUID,
    waits_for: UUID | None,
    at: datetime,
) -> int:
    """One for every verified mailbox of the person. Returns how many; none reaches whoever has no mailbox."""
    addresses = addresses_of(person)
    for address, language in addresses:
        letter = send(
            "actions.notice",
            to=address,
            subject=subject,
            body=body,
            language=language,
            verdict=verdict,
            waits_for=waits_for,
            at=at,
        )
        Told.objects.create(execution=execution, person=person, letter=letter.id)
    return len(addresses)


def notice_to(
    person: UUID, execution: Execution, contents: dict[str, Any]
) -> tuple[str, str, UUID] | None:
    """Subject, body and verdict of what two people agreed to tell this person; None where they agreed to none."""
    done = set(execution.warrants.values_list("commitment", flat=True))
    steps = [
        step for step in contents["steps"] if commitment_of(effect_of(step), step["salt"]) in done
    ]
    for key, theirs in told_alike(targets_of({"steps": steps})).items():
        if person in {step.id for step in theirs}:
            return _words(contents, key)
    return None


def _words(contents: dict[str, Any], key: str) -> tuple[str, str, UUID]:
    """What these people are told, word for word as both agreed, and the verdict on it."""
    texts = contents["texts"]
    own = texts.get("own_notices", {}).get(key)
    if own is None:
        return texts["notice_subject"], texts["notice_body"], UUID(contents["verdict"])
    return own["subject"], own["body"], UUID(contents["own_verdicts"][key])


def say_it_in_the_room(execution: Execution, person: UUID, text: str) -> None:
    """Beside a notice that this person finds in the room; who has no access has none, and reads it at the gate."""
    warrants = execution.warrants.filter(target=person).values_list("id", flat=True)
    for notice in Notice.objects.filter(warrant__in=list(warrants)):
        seal_into(notice, text)


def has_a_mailbox(person: UUID) -> bool:
    """Whether a letter would reach them, without opening where they are written to."""
    return Login.objects.by_mailbox().filter(person=person, address_sealed__isnull=False).exists()


def addresses_of(person: UUID) -> list[tuple[str, str]]:
    """The verified addresses of a person, opened for sending and for nothing else, each with its language."""
    logins = Login.objects.by_mailbox().filter(person_id=person)
    found = ((address_of(login), language_of(login)) for login in logins)
    return [(address, language) for address, language in found if address]
