"""More words and files from whoever holds the code: either will do, and neither is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.monitoring.forms import Typed
from concord.reports.file_forms import FilesField
from concord.reports.forms import LONGEST, ReportForm
from concord.reports.uploads import Brought


class AddForm(forms.Form):
    """Files that were taken wait for an hour, whatever else is wrong with the form."""

    use_required_attribute = False

    words = Typed(
        label=_("Would you like to add something?"),
        help_text=_("Only if you want to. Nothing waits for it."),
        rows=5,
        max_length=LONGEST,
    )
    danger = forms.BooleanField(label=ReportForm.base_fields["danger"].label, required=False)
    attached = FilesField(
        label=ReportForm.base_fields["attached"].label,
        help_text=ReportForm.base_fields["attached"].help_text,
    )

    def __init__(
        self,
        *args: Any,
        at: datetime | None = None,
        already: Sequence[Brought] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.files_field.begin(at=at, already=already)

    @property
    def files_field(self) -> FilesField:
        """Which files were taken so far, also when something is wrong with the form."""
        return cast("FilesField", self.fields["attached"])
