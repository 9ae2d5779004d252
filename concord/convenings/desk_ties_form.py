"""What somebody of the team types to say to whom they are close: a colleague, a mailbox, or a name that is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Convening, Registration, State
from concord.names import fold
from concord.people.forms import AddressField, NameField
from concord.people.models import Person, StaffMember, Tie


class TieForm(forms.Form):
    """One person, however many ways they are named in; at least one."""

    kind = forms.ChoiceField(
        label=_("How close?"),
        choices=[
            (
                Tie.Kind.HARD,
                _("Close: family, partner, friend, employer, somebody I have a dispute with"),
            ),
            (Tie.Kind.SOFT, _("Acquainted: same organisation, we worked together, we have met")),
        ],
        initial=Tie.Kind.HARD,
        widget=forms.RadioSelect,
    )
    mailbox = AddressField(
        label=_("Their e-mail address"),
        help_text=_("It holds from the moment they come, also if they are not here yet."),
        required=False,
    )
    name = NameField(
        label=_("The name they are shown under"),
        help_text=_("In an event that you can see. As they wrote it, whole."),
        required=False,
    )
    colleague = forms.ModelChoiceField(
        label=_("A colleague"),
        queryset=StaffMember.objects.none(),
        empty_label=_("Nobody of the team"),
        required=False,
    )

    def __init__(self, *args: Any, staff: StaffMember, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = StaffMember.objects.current(at).exclude(id=staff.id).order_by("working_name")
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]
        self.events = seen_by(staff)
        if self.events is None:
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if not any(cleaned.get(field) for field in ("mailbox", "name", "colleague")):
            raise forms.ValidationError(_("Say who it is, in one of the ways below."))
        cleaned["shown"] = []
        if cleaned.get("name"):
            cleaned["shown"] = shown_as(cleaned["name"], self.events)
            if not cleaned["shown"]:
                self.add_error(
                    "name",
                    _("Nobody is shown under this name. Their e-mail address works as well."),
                )
        return cleaned

    def ties(self) -> list[dict[str, Any]]:
        """What was typed, each as `declare_tie` takes it. Several may be shown under one name: each of them."""
        kind = Tie.Kind(self.cleaned_data["kind"])
        found: list[dict[str, Any]] = []
        if self.cleaned_data["mailbox"]:
            mailbox = self.cleaned_data["mailbox"]
            found.append({"mailbox": mailbox, "called": mailbox})
        called = self.cleaned_data.get("name", "")
        found += [{"person": each, "called": called} for each in self.cleaned_data["shown"]]
        colleague = self.cleaned_data["colleague"]
        if colleague:
            found.append({"person": colleague.person, "called": colleague.working_name})
        return [{**each, "kind": kind} for each in found]


def seen_by(staff: StaffMember) -> Any:
    """The events in which this staff member sees names anyway; None for whoever sees none."""
    if staff.may_plan:
        return Convening.objects.not_over()
    if staff.may_monitor:
        return Convening.objects.filter(state__in=[State.OPEN, State.PAUSED])
    return None


def shown_as(name: str, events: Any) -> list[Person]:
    """Those who take part in one of these under this very name, however it is written."""
    wanted = fold(name)
    registered = Registration.objects.filter(convening__in=events).exclude(display_name="")
    rows = registered.values_list("person_id", "display_name")
    ids = {person for person, shown in rows.iterator() if fold(shown) == wanted}
    return list(Person.objects.filter(id__in=ids))
