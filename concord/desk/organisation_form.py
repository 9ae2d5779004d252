"""The form by which access is taken away from an organisation: those who are known to belong to it, each by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.actions.bar_member import HOW, LISTED
from concord.actions.deny_entry import NoMailbox, SharedMailbox, person_behind, read_mailboxes
from concord.concurrence.terms import Target, Terms
from concord.convenings.known_members import Member, names_in_rooms
from concord.desk.around import Around
from concord.desk.deny_form import DenyForm
from concord.desk.forms import Lines, ProposalForm, SomeOf, choices_of, first_choices
from concord.names import fold
from concord.people.models import Organisation
from concord.people.organisations import read_organisation

MOST = 200
"""People in one proposal: more than that nobody reads through."""
MOST_LISTED = 40

Members = Callable[[str], list[Member]]


class Listed(NamedTuple):
    """Somebody who was listed by a mail address: known here, or not yet."""

    address: str
    person: UUID | None


class OrganisationForm(ProposalForm):
    """Which organisation, who of it is not meant, who else belongs to it; and everything a decision needs.

    `members` looks up who is known to belong to it, and is asked once: the look is kept.
    """

    people = posts = None  # type: ignore[assignment]
    organisation = forms.CharField(
        label=_("Which organisation"),
        help_text=_(
            "In any spelling that looks the same. On the next page you see who is known to belong to it, and how."
        ),
        max_length=120,
        error_messages={"required": _("Write the name of the organisation.")},
    )
    without = SomeOf(
        label=_("Who of them is not meant"),
        help_text=_("Whoever you tick keeps their access."),
    )
    listed = Lines(
        label=_("Who else belongs to it"),
        help_text=_(
            "Mail addresses, one a line, of people of whom you know it. Nobody is added for the domain of their "
            "address. Whoever was never here is not let in."
        ),
        rows=3,
        longest=10_000,
    )
    target_id = forms.CharField(widget=forms.HiddenInput, required=False)

    SHORT = (
        "organisation", "listed", "scope", "until_at", "review_on", "reason", "grounds", "violations",
    )  # fmt: skip
    WIDER = ()
    IN_FULL = DenyForm.IN_FULL
    SHOWN = {"targets": "organisation"}
    IS_FULL = True

    field_order = ("organisation", "without", "listed", "scope", "until_at", "review_on")

    def __init__(
        self, *args: Any, around: Around, at: datetime, members: Members, **kwargs: Any
    ) -> None:
        first = {**first_choices(around, at=at), "until_at": None, "target_id": str(uuid4())}
        first["organisation"] = next(iter(around.organisations), "")
        kwargs["initial"] = first | kwargs.get("initial", {})
        kept = kwargs["initial"].pop("kept", None)
        super().__init__(*args, around=around, at=at, **kwargs)
        named = self._named()
        self.members = members(named) if named else []
        if kept is not None:
            people = (str(each.person) for each in self.members)
            self.initial["without"] = [one for one in people if one not in kept]
        without: Any = self.fields["without"]
        without.choices = [(str(each.person), _line(each)) for each in self.members]
        if not self.members:
            del self.fields["without"]

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The form's contents for a proposal that was made before."""
        chosen = choices_of(terms)
        listed: list[str] = []
        for target in terms.targets:
            if target.kind == "organisation":
                chosen |= {"organisation": target.label, "target_id": str(target.id)}
            elif target.kind == "deny":
                listed += target.detail["addresses"]
            elif LISTED in target.detail.get("how", []):
                listed += target.detail.get("addresses", [])
        kept = {str(target.id) for target in terms.targets if target.kind == "member"}
        return {**chosen, "listed": "\n".join(listed), "kept": kept}

    def clean_organisation(self) -> str:
        try:
            return read_organisation(self.cleaned_data["organisation"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_listed(self) -> list[Listed]:
        """Each a mailbox of one person; of whoever is known here the account is meant, else the mailbox."""
        lines = [line for line in self.cleaned_data["listed"].splitlines() if line.strip()]
        if len(lines) > MOST_LISTED:
            raise forms.ValidationError(
                gettext("Please list at most %(n)d addresses at once.") % {"n": MOST_LISTED}
            )
        found = {}
        try:
            for line in lines:
                for address in read_mailboxes([line]):
                    found[address] = Listed(address, person_behind([address]))
        except (NoMailbox, SharedMailbox) as refused:
            raise forms.ValidationError(str(refused.words)) from refused
        return list(found.values())

    def clean_target_id(self) -> str:
        try:
            return str(UUID(self.cleaned_data["target_id"]))
        except ValueError:
            return str(uuid4())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "organisation" in cleaned and "listed" in cleaned and len(self._targets()) > MOST + 1:
            self.add_error(
                "organisation",
                gettext(
                    "More than %(n)d people are known to belong to it. Propose it for a part of them: say below "
                    "who is not meant this time."
                )
                % {"n": MOST},
            )
        return cleaned

    def _named(self) -> str:
        typed = self.data.get("organisation", "") if self.is_bound else self.initial["organisation"]
        try:
            return read_organisation(str(typed)[:1_000])
        except ValueError:
            return ""

    def _offer(self, around: Around) -> None:
        """Nobody to choose one by one: they are known by the organisation."""

    def _targets(self) -> list[Target]:
        typed = self.cleaned_data
        name = typed["organisation"]
        scope = self._scope(typed.get("scope", ""))
        place = (scope.kind, scope.id, typed.get("until_at"), typed.get("review_on"))
        belongs = {"name": name, "folded": fold(name)}
        return [
            *self._members(place, belongs),
            *self._unseen(place),
            Target("organisation", self._id(belongs["folded"]), name, *place, belongs),
        ]

    def _members(
        self, place: tuple[str, UUID | None, datetime | None, date | None], belongs: dict[str, str]
    ) -> list[Target]:
        typed = self.cleaned_data
        left_out = set(typed.get("without", []))
        how: dict[UUID, list[str]] = {
            each.person: list(each.how) for each in self.members if str(each.person) not in left_out
        }
        addresses: dict[UUID, list[str]] = {}
        for each in typed["listed"]:
            if each.person is not None:
                addresses.setdefault(each.person, []).append(each.address)
                if LISTED not in how.setdefault(each.person, []):
                    how[each.person].append(LISTED)
        names = {each.person: each.name for each in self.members} | names_in_rooms(addresses)
        nobody = gettext("somebody who has no name in an event now")
        return [
            Target(
                "member",
                person,
                names.get(person) or next(iter(addresses.get(person, [])), nobody),
                *place,
                {
                    **belongs,
                    "how": known,
                    **({"addresses": addresses[person]} if person in addresses else {}),
                },
            )
            for person, known in how.items()
        ]

    def _unseen(self, place: tuple[str, UUID | None, datetime | None, date | None]) -> list[Target]:
        unseen = [each.address for each in self.cleaned_data["listed"] if each.person is None]
        return [
            Target("deny", uuid4(), address, *place, {"addresses": [address]}) for address in unseen
        ]

    def _id(self, folded: str) -> UUID:
        known = Organisation.objects.filter(folded=folded).values_list("id", flat=True).first()
        return known or UUID(self.cleaned_data["target_id"])


def _line(member: Member) -> str:
    how = ", ".join(str(HOW[one]) for one in member.how)
    return f"{member.name or gettext('somebody who has no name in an event now')} · {how}"
