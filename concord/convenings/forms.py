"""What is typed to take part, and to plan. Nothing else is ever asked (P-OPEN-1, P-GROUNDS-1)."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.convenings.confirm_guidelines import LONGEST as LONGEST_GUIDELINES
from concord.convenings.plan_convening import LONGEST_NAME
from concord.convenings.register import LONGEST_PRONOUNS, read_pronouns
from concord.people.forms import AddressField, NameField, OrganisationField
from concord.people.models import StaffMember


class RegisterForm(forms.Form):
    """A name and, unless the mailbox is known already, an address. What is known is not asked twice."""

    display_name = NameField(
        label=_("A name of your choice"),
        help_text=_("Others in the room see it. It need not be your legal name."),
    )
    pronouns = forms.CharField(
        label=_("Pronouns"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": LONGEST_PRONOUNS, "dir": "auto"}),
    )
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

    def clean_pronouns(self) -> str:
        try:
            return read_pronouns(self.cleaned_data["pronouns"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


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

    name = forms.CharField(label=_("Name of the session"), max_length=LONGEST_NAME)
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


class ShiftForm(TimesForm):
    """Who is on call."""

    staff = forms.ModelChoiceField(label=_("Who"), queryset=StaffMember.objects.none())
    field_order = ["staff", "starts_at", "ends_at"]

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = staff  # type: ignore[attr-defined]
