"""The report form as a member of the team fills it in for somebody who told them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.monitoring.forms import Typed
from concord.reports.forms import OneOf, ReportForm
from concord.reports.told import Told


class TypingForm(ReportForm):
    """The same boxes, asked about somebody else, and whether whoever types it may read what comes after."""

    text = Typed(
        label=_("What did they tell you?"),
        help_text=_("In their words as far as you can; not what you make of it."),
        rows=7,
        required=True,
        error_messages={"required": _("This box is still empty. A few words are enough.")},
    )
    wishes = Typed(label=_("What would help them feel safe? What should we avoid?"), rows=3)
    contact = Typed(
        label=_("How can we reach them?"),
        help_text=_("Only if they want it. With the code they find our answer without it."),
    )
    hear = OneOf(
        label=_("What would they like to hear from us?"),
        choices=[
            ("answer", _("An answer")),
            ("done", _("An answer, and later what was done")),
            ("nothing", _("Nothing")),
        ],
        required=False,
        initial="answer",
    )
    language = OneOf(
        label=_("In which language would they like the answer?"),
        choices=settings.LANGUAGES,
        required=False,
    )
    stop = forms.BooleanField(
        label=_("They ask that I do not read further"),
        help_text=_("From the moment you send it, it is not there for you."),
        required=False,
    )
    may_translate = forms.BooleanField(
        label=_("They say that a translator outside the team may read it"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language() or settings.LANGUAGE_CODE

    @property
    def reads_on(self) -> bool:
        return not self.cleaned_data["stop"]

    @property
    def told(self) -> Told:
        """What was typed, to be sealed."""
        return replace(super().told, language=self.cleaned_data["language"])
