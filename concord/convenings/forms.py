"""What is typed to take part, and to plan. Nothing else is ever asked (P-OPEN-1, P-GROUNDS-1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.convenings.confirm_guidelines import LONGEST as LONGEST_GUIDELINES
from concord.convenings.names_here import LONGEST_PRONOUNS, read_pronouns
from concord.convenings.plan_convening import LONGEST_NAME, LONGEST_TITLE
from concord.people.forms import AddressField, NameField, OrganisationField
from concord.people.models import StaffMember
from concord.people.plan_shift import TooFarAway


class OwnNameForm(forms.Form):
    """How others see somebody who takes part."""

    display_name = NameField(
        label=_("A name of your choice"),
        help_text=_("Others in the room see it. It need not be your legal name."),
    )
    pronouns = forms.CharField(
        label=_("Pronouns"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": LONGEST_PRONOUNS, "dir": "auto"}),
    )

    def clean_pronouns(self) -> str:
        try:
            return read_pronouns(self.cleaned_data["pronouns"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class RegisterForm(OwnNameForm):
    """A name and, unless the mailbox is known already, an address. What is known is not asked twice."""

    organisation = OrganisationField(
        label=_("Organisation, if you want to name one"),
        required=False,
        help_text=_("Staff see it, other participants do not."),
    )
    address = AddressField(
        help_text=_("We send you a link and a six-digit code. Others never see your address.")
    )

    def __init__(
        self, *args: Any, asks_address: bool, asks_organisation: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_address:
            del self.fields["address"]
        if not asks_organisation:
            del self.fields["organisation"]


class ReadForm(forms.Form):
    """An own tick for the guidelines that were on the page."""

    number = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    read = forms.BooleanField(
        label=_("I have read them and will keep to them"),
        error_messages={"required": _("Please tick this once you have read the guidelines.")},
    )


class GuidelinesForm(forms.Form):
    """How to engage in one session."""

    text = forms.CharField(
        label=_("Guidelines of this session"),
        help_text=_(
            "One to a line. People read them before they enter, and again when they change."
        ),
        max_length=LONGEST_GUIDELINES,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
    )


OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


class _Clock(forms.DateTimeInput):
    """A day and a time, typed in the browser's own way."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class Moment(forms.DateTimeField):
    """A moment in UTC, typed in the browser's own way."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        return moment.astimezone(UTC) if moment else moment


class TimesForm(forms.Form):
    """From when to when."""

    starts_at = Moment(label=_("Starts (UTC)"))
    ends_at = Moment(label=_("Ends (UTC)"))


class SessionForm(TimesForm):
    """A part of an event."""

    name = forms.CharField(label=_("Name of the session"), max_length=LONGEST_TITLE)
    field_order = ["name", "starts_at", "ends_at"]


class ConveningForm(TimesForm):
    """An event."""

    name = forms.CharField(label=_("Name of the event"), max_length=LONGEST_NAME)
    slug = forms.SlugField(
        label=_("Short address"),
        help_text=_("Small letters, digits and dashes, as in open-ballot-2026."),
    )
    zone = forms.CharField(label=_("Time zone"), initial="UTC", max_length=60)
    field_order = ["name", "slug", "starts_at", "ends_at", "zone"]


class WhoForm(forms.Form):
    """Somebody who takes part, by the name they take part under."""

    name = NameField(
        label=_("The name they take part under"),
        help_text=_("As they wrote it, whole. There is no list of who attends."),
        error_messages={"required": _("Please write the name they take part under.")},
    )


class NoteForm(forms.Form):
    """Where staff know somebody to belong."""

    organisation = OrganisationField(help_text=_("They see on their own page what you note here."))


class ShiftForm(forms.Form):
    """Who is on call, by the clock of a zone that is named: the team works around the world."""

    staff = forms.ModelChoiceField(label=_("Who"), queryset=StaffMember.objects.none())
    starts_at = forms.DateTimeField(label=_("From"), widget=_Clock())
    ends_at = forms.DateTimeField(label=_("Until"), widget=_Clock())
    zone = forms.CharField(
        label=_("In which time zone"),
        help_text=_("Theirs or that of the event, as in Africa/Nairobi."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "dir": "ltr"}),
    )

    for_every_event = forms.BooleanField(
        label=_("For every event"),
        help_text=_(
            "In these hours they are on call for whichever event runs, not for this one alone."
        ),
        required=False,
    )

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = staff  # type: ignore[attr-defined]

    def clean_zone(self) -> ZoneInfo:
        """UTC where nothing was typed, as everywhere else at the desk."""
        try:
            return ZoneInfo(self.cleaned_data["zone"].strip() or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise forms.ValidationError(
                _("This time zone is not known. Write it like Africa/Nairobi.")
            ) from error

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        zone = typed.pop("zone", None)
        for name in ("starts_at", "ends_at"):
            if zone is not None and name in typed:
                try:
                    typed[name] = self._moment(name, typed[name], zone)
                except OverflowError:
                    self.add_error(name, TooFarAway.words)
        return typed

    def _moment(self, name: str, moment: datetime, zone: ZoneInfo) -> datetime:
        """What the clock of that zone shows; a moment that was typed with an offset of its own keeps it."""
        if OFFSET.search(self[name].value()):
            return moment.astimezone(UTC)
        there = moment.replace(tzinfo=zone)
        if there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != there.replace(
            tzinfo=None
        ):
            self.add_error(name, _("The clocks are put forward there: this time does not exist."))
        return there.astimezone(UTC)


class AcceptForm(forms.Form):
    """Why a lead accepts that nobody is awake."""

    reason = forms.CharField(
        label=_("Why, and what happens instead in those hours"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
