"""What is confirmed: one version, by its number."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    """An own tick, never set beforehand, for the version that was on the page."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and will keep to it"),
        error_messages={
            "required": _("Please tick this if you have read the policy and will keep to it.")
        },
    )
