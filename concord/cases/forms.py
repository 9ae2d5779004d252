"""What is typed about a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from concord.cases.models import Case
from concord.cases.parties import ORGANISATION, Known
from concord.cases.read_case import Opened
from concord.convenings.models import Registration
from concord.convenings.models import State as EventState
from concord.names import skeleton
from concord.people.models import StaffMember
from concord.people.organisations import read_organisation

ASSISTED = "assisted"
ROLE_WORDS = {
    "respondent": _("Person reported"),
    ASSISTED: _("Person reported: helped, or cheered it on"),
    "survivor": _("Person this happened to"),
    "reporter": _("Person who reported"),
    "witness": _("Witness"),
    "affected": _("Somebody else affected"),
    ORGANISATION: _("Organisation reported"),
}


class PartyForm(forms.Form):
    """Somebody in the case. A name exactly as shown in a room finds their login, and nothing lists who is there.

    Names are borrowed: somebody writes under the name of another and then changes it. So whoever was shown
    under it in what was flagged or reported comes before whoever is shown under it now.
    """

    role = forms.ChoiceField(label=_("What is their part?"), choices=list(ROLE_WORDS.items()))
    name = forms.CharField(
        label=_("Name"),
        help_text=_(
            "Exactly as it is shown in the room, when they take part in an event that is open; "
            "of a colleague, the working name."
        ),
        max_length=120,
    )
    other_names = forms.CharField(
        label=_("Other names, handles or addresses"),
        help_text=_("One a line. No letter that names them will leave."),
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        required=False,
    )

    def __init__(self, *args: Any, opened: Opened | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name = cleaned.get("name", "")
        if cleaned.get("role") == ORGANISATION:
            return self._clean_organisation(cleaned)
        reported = self.opened.shown_as(name) if self.opened else set()
        if reported and cleaned.get("role") in ("respondent", ASSISTED):
            found = reported
        else:
            found = (_shown_now(name) - reported) or _of_the_team(name)
        if len(found) > 1:
            self.add_error(
                "name",
                _("Several people are shown under this name. Flag something they wrote instead."),
            )
        cleaned["person_id"] = next(iter(found)) if len(found) == 1 else None
        return cleaned

    def _clean_organisation(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """A name that people can read; nobody is looked up under it."""
        try:
            cleaned["name"] = read_organisation(cleaned.get("name", ""))
        except ValueError as error:
            self.add_error("name", str(error))
        cleaned["person_id"] = None
        return cleaned

    @property
    def _assisted(self) -> bool:
        return bool(self.cleaned_data["role"] == ASSISTED)

    @property
    def party(self) -> dict[str, Any]:
        """What was typed, as `add_party` takes it."""
        lines = [line.strip() for line in self.cleaned_data["other_names"].splitlines()]
        others = [line for line in lines if line]
        return {
            "role": "respondent" if self._assisted else self.cleaned_data["role"],
            "assisted": self._assisted,
            "name": self.cleaned_data["name"],
            "handles": [line for line in others if not _is_address(line)],
            "addresses": [line for line in others if _is_address(line)],
            "person_id": self.cleaned_data["person_id"],
        }


def part_of(known: Known) -> Promise | str:
    """What part somebody has in the case, in words."""
    return ROLE_WORDS.get(ASSISTED if known.assisted else known.role, "")


class TakeOutForm(forms.Form):
    """Whom a lead takes out of which case. A code that is not before them is none."""

    code = forms.CharField(
        label=_("Code of the case"),
        error_messages={"required": _("Type the code of the case.")},
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "dir": "ltr", "class": "short"}),
    )
    who = forms.ModelChoiceField(
        label=_("Who"),
        queryset=StaffMember.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague.")},
    )
    sure = forms.BooleanField(
        label=_("Yes, they are close to somebody in it"),
        error_messages={"required": _("Tick it if they are.")},
    )

    def __init__(
        self,
        *args: Any,
        staff: StaffMember,
        cases: models.QuerySet[Case],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cases = cases
        colleagues = StaffMember.objects.current(at).exclude(id=staff.id).order_by("working_name")
        self.fields["who"].queryset = colleagues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        code = "".join(cleaned.get("code", "").split()).upper()
        cleaned["case"] = self.cases.filter(code=code).first() if code else None
        if code and cleaned["case"] is None:
            self.add_error("code", _("There is no case with this code before you."))
        return cleaned


class NoteForm(forms.Form):
    """An internal note. It has no longest length: nothing that was typed is cut."""

    text = forms.CharField(
        label=_("Write a note"),
        help_text=_("Read by the coordinator and the deputy of this case, and by nobody else."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


def _of_the_team(name: str) -> set[UUID]:
    """A colleague under this working name: they are out of the case from then on (K-CONF-1)."""
    wanted = skeleton(name)
    team = StaffMember.objects.values_list("person_id", "working_name")
    return {person for person, called in team if skeleton(called) == wanted}


def _shown_now(name: str) -> set[UUID]:
    running = Registration.objects.filter(
        display_name=name, convening__state__in=[EventState.OPEN, EventState.PAUSED]
    )
    return set(running.values_list("person_id", flat=True))


def _is_address(line: str) -> bool:
    return "@" in line[1:] and not line.startswith("@")
