"""What a reporter may change with their code: the boxes of the report form that are choices, not the account."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from concord.monitoring.forms import Typed
from concord.people.addresses import LONGEST, read_address
from concord.people.models import StaffMember
from concord.reports.change_choices import Choices
from concord.reports.forms import OneOf, ReportForm, SomeOf, staff_ticked, who_may_be_ticked


class ChoicesForm(forms.Form):
    """Nothing is required; an emptied box erases what stood in it."""

    use_required_attribute = False

    wishes = Typed(label=ReportForm.base_fields["wishes"].label, rows=3, max_length=100_000)
    contact = Typed(
        label=ReportForm.base_fields["contact"].label,
        help_text=_("Empty it, and what you left is erased."),
        max_length=10_000,
    )
    hear = OneOf(
        label=ReportForm.base_fields["hear"].label,
        choices=cast("forms.ChoiceField", ReportForm.base_fields["hear"]).choices,
        required=False,
        initial="answer",
    )
    notice = Typed(
        label=_("An e-mail address, to be told when there is something new here"),
        help_text=_(
            "We send none unless you ask. The mail says that there is something new, and nothing else. "
            "While we keep the address, our server can read it; the people on the team do not see it. "
            "Somebody who uses your device, or your mailbox, may see the mail. "
            "Empty it, or choose to hear nothing, and it is erased."
        ),
        max_length=LONGEST,
        widget=forms.TextInput({"inputmode": "email", "autocapitalize": "none"}),
    )
    may_translate = forms.BooleanField(
        label=ReportForm.base_fields["may_translate"].label,
        help_text=ReportForm.base_fields["may_translate"].help_text,
        required=False,
    )
    keep_out = SomeOf(
        label=_("Who else must not read it?"),
        help_text=_(
            "They cannot from this moment on. What they have read already they may remember."
        ),
        required=False,
    )

    let_in = SomeOf(
        label=_("Who may read it after all?"),
        help_text=_("They can as soon as somebody who reads it already is here again."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        receivers: list[StaffMember],
        may_come: list[StaffMember],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("SomeOf", self.fields["keep_out"]).choices = who_may_be_ticked(receivers)
        cast("SomeOf", self.fields["let_in"]).choices = [
            (str(one.id), one.working_name) for one in may_come
        ]

    def clean_notice(self) -> str:
        typed: str = self.cleaned_data["notice"]
        try:
            return read_address(typed) if typed.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(
                _(
                    "This does not look like an e-mail address. It should read like name@example.org."
                )
            ) from error

    @property
    def choices(self) -> Choices:
        told = self.cleaned_data
        return Choices(told["contact"], told["wishes"], told["hear"], told["may_translate"])

    @property
    def kept_out(self) -> list[StaffMember]:
        return staff_ticked(cast("QueryDict", self.data))

    @property
    def let_in_again(self) -> list[StaffMember]:
        ids = self.cleaned_data["let_in"]
        return list(StaffMember.objects.filter(id__in=ids)) if ids else []
