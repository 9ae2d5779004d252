"""deny_entry: keep somebody out who was never seen here, before they register or at the door (A-DENY-1).

All that is known of them is a mailbox that staff say is truly theirs. The address stands in the sealed text that two
people agree to and nowhere else: with the decision lie keyed tokens of it, as they do with every other shut, and a
person without a name or a login, to whom the shut belongs. Whoever shows such a mailbox to be theirs is met under
the decision like anybody who comes back, in the door's ordinary words (see `evasion.recognise_login`).

No letter goes out: nobody has shown yet that the mailbox is theirs, and a slip of the pen would tell a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from concord import names
from concord.access.forget_tokens import LONGEST
from concord.access.gate import is_admitted
from concord.access.models import Place, Shut, ShutToken
from concord.access.shut import shut
from concord.actions.revoke_access import check_place, hold_with_mailboxes
from concord.cases.models import Case
from concord.concurrence.kinds import Kind, register
from concord.concurrence.models import Decision, Warrant
from concord.concurrence.terms import Target
from concord.concurrence.wording import place_name, until_words
from concord.people.addresses import canonical_token, read_address
from concord.people.models import Login, Person
from concord.people.ties import ACQUAINTED, tied_to_mailboxes, tied_to_tokens
from concord.refusals import Refused

MOST = 5
"""Mailboxes of one person."""


class NoMailbox(Refused):
    """Somebody who was never here is known by a mailbox or not at all; a name keeps out everybody who bears it."""

    words = _("Give one mail address at least, one a line, that you know to be theirs.")
    status = 409


class SharedMailbox(Refused):
    """A box that several people read stands for none of them."""

    words = _(
        "Several people may read one of these mailboxes, so it cannot stand for one person. "
        "Give an address that is theirs alone."
    )
    status = 409


class KeptTooShort(Refused):
    """A mailbox is kept for so long and no longer (`forget_tokens`): beyond that it would keep nobody out."""

    words = _(
        "A mailbox is kept for 24 months and no longer, so nobody would be known by it until then. Choose an earlier "
        "end, or none and a day to look at it again; where it is still needed, it is proposed anew in time."
    )
    status = 409


class KnownAlready(Refused):
    """The mailbox is somebody's who is here: what is taken from them is their access, and they are told."""

    words = _(
        "Somebody who is known here has shown that one of these mailboxes is theirs. "
        "Taking away their access is the right step."
    )
    status = 409

    def __init__(self, person: UUID, *, subject: UUID) -> None:
        super().__init__(subject=subject)
        self.person = person


def read_mailboxes(typed: Iterable[str]) -> list[str]:
    """The addresses in the one form that is compared, each mailbox once, however it was spelled.

    Raises `NoMailbox` for none, too many, or what is no address; `SharedMailbox`.
    """
    found: dict[str, str] = {}
    for each in typed:
        try:
            address = read_address(each)
            if names.is_shared_mailbox(address):
                raise SharedMailbox()
            found.setdefault(names.canonical_mailbox(address), address)
        except ValueError as error:
            raise NoMailbox() from error
    if not 0 < len(found) <= MOST:
        raise NoMailbox()
    return list(found.values())


def person_behind(addresses: Iterable[str]) -> UUID | None:
    """Who is known here by one of these mailboxes, also behind an alias of it."""
    known = Login.objects.by_mailbox().filter(canonical_token__in=_tokens(addresses))
    return known.values_list("person", flat=True).first()


def validate(target: Target, *, case: Case, at: datetime) -> None:
    """The mailboxes are somebody's own, of nobody who is known, and kept until the end; the place exists."""
    check_place(target, case=case)
    if target.until_at is not None and target.until_at > at + LONGEST:
        raise KeptTooShort(subject=case.id)
    known = person_behind(read_mailboxes(target.detail.get("addresses", [])))
    if known is not None:
        raise KnownAlready(known, subject=case.id)
    if Person.objects.filter(id=target.id).exists():
        raise KnownAlready(target.id, subject=case.id)


def preview(target: Target, *, at: datetime) -> dict[str, Any]:
    """One person more who does not come in."""
    return {"kind": "deny", "label": target.label, "mailboxes": len(target.detail["addresses"])}


def hold(targets: list[Target]) -> None:
    """The mailboxes: nobody comes in by one of them while it is being shut; and whoever has come in by one since."""
    tokens = [token for each in targets for token in _tokens(each.detail["addresses"])]
    hold_with_mailboxes(set(), tokens)


def carry_out(
    warrant: Warrant, *, decision: Decision, detail: dict[str, Any], at: datetime
) -> None:
    """A person of whom nothing is known is shut out, with the tokens of the mailboxes. Done before, it does nothing.

    Whoever came in by one of them since it was proposed goes with it, under the decision (`recognise_second_logins`).
    """
    if Shut.objects.filter(warrant=warrant.id).exists():
        return
    unseen, is_new = Person.objects.get_or_create(id=warrant.target)
    if not is_new:
        raise KnownAlready(unseen.id, subject=decision.case_id)
    shut(
        unseen.id,
        place=Place(warrant.scope_kind, warrant.scope_id),
        warrant=warrant.id,
        at=at,
        until_at=warrant.until_at,
        review_on=warrant.review_on,
        tokens=[("mailbox", token) for token in _tokens(detail["addresses"])],
    )


def verify(warrant: Warrant, *, at: datetime) -> bool:
    """The gate refuses whoever it stands for, or the shut is over by now."""
    standing = Shut.objects.filter(warrant=warrant.id).first()
    if standing is None:
        return False
    if standing.ended_at is not None or (standing.until_at and standing.until_at <= at):
        return True
    return not is_admitted(warrant.target, [standing.place], at=at)


def excerpt(target: Target) -> str:
    return ""


def about(target: Target) -> UUID | None:
    return None


def asks(targets: list[Target]) -> Iterable[str]:
    """Whom not to let in, where, until when."""
    persons = len(targets)
    yield gettext("do not let %(people)s into %(place)s %(until)s") % {
        "people": ngettext("one person", "%(n)d people", persons) % {"n": persons},
        "place": place_name(targets[0].scope_kind, targets[0].scope_id),
        "until": until_words(targets[0]),
    }


def counts(previews: list[dict[str, Any]]) -> Iterable[tuple[int, str]]:
    """People, and the mailboxes by which they are known."""
    people = len(previews)
    yield people, ngettext("person is not let in", "people are not let in", people)
    mailboxes = sum(step["mailboxes"] for step in previews)
    yield mailboxes, ngettext("mailbox is refused", "mailboxes are refused", mailboxes)


def same_as(target: Target) -> str:
    return " ".join(
        sorted(map(names.canonical_mailbox, read_mailboxes(target.detail["addresses"])))
    )


def also_about(target: Target) -> Iterable[UUID]:
    """Nobody here has such a mailbox; whoever of the team said that they are close to its owner has no part in it.

    Once it was decided the text lies sealed, and the tokens that lie with the shut tell it.
    """
    if "addresses" in target.detail:
        return tied_to_mailboxes(read_mailboxes(target.detail["addresses"]))
    kept = ShutToken.objects.filter(kind="mailbox", shut__person_id=target.id)
    return tied_to_tokens(bytes(token) for token in kept.values_list("token", flat=True))


def known_to(target: Target) -> Iterable[UUID]:
    """Whoever said that they know its owner a little reads, and has no say about them."""
    addresses = read_mailboxes(target.detail.get("addresses", []))
    return tied_to_mailboxes(addresses, kinds=ACQUAINTED)


def says(target: Target) -> str:
    known = {"addresses": ", ".join(target.detail["addresses"])}
    if target.until_at is None:
        return gettext("known by %(addresses)s, for 24 months at most") % known
    return gettext("known by %(addresses)s") % known


def _tokens(addresses: Iterable[str]) -> list[bytes]:
    return [token for each in addresses if (token := canonical_token(each))]


register(
    Kind(
        "deny",
        0,
        validate,
        preview,
        carry_out,
        verify,
        excerpt,
        about,
        hold,
        asks,
        counts,
        also_about=also_about,
        known_to=known_to,
        same_as=same_as,
        says=says,
    )
)
