"""What is typed when a decision was looked at again and stays: the next day to look at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.concurrence.look_again import utc_day
from concord.concurrence.models import Look

USUALLY = timedelta(days=91)


class StaysForm(forms.Form):
    """The next day, proposed a season ahead; none is needed where it ends by itself."""

    use_required_attribute = False

    next_on = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, look: Look, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends_at = look.decision.ends_at
        self.fields["next_on"].help_text = (
            _("Leave it empty, and it ends on its day without being looked at before.")
            if ends_at
            else _("From tomorrow on, and within a year. It goes on as both agreed to it.")
        )
        if ends_at is None:
            self.initial["next_on"] = utc_day(at + USUALLY)
