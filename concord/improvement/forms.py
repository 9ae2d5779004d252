"""Forms of what is learned. Nothing in the feedback is required."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.improvement.give_feedback import Opinion
from concord.improvement.models import Lesson
from concord.monitoring.forms import Typed

ANSWERS = [("", _("I leave this out")), ("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No"))]


def _question(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=ANSWERS, required=False, initial="", widget=forms.RadioSelect
    )


class FeedbackForm(forms.Form):
    """Three questions and a box."""

    use_required_attribute = False

    heard = _question(_("Did you feel heard?"))
    wishes = _question(_("Did we do as you wished, as far as we could?"))
    safer = _question(_("Do you feel safer with us now?"))
    words = Typed(
        label=_("What should we do better?"),
        help_text=_("Leave out names and what happened: we keep this apart from your report."),
        rows=4,
        max_length=20_000,
    )

    @property
    def opinion(self) -> Opinion:
        return Opinion(**self.cleaned_data)


class LessonForm(forms.Form):
    """One line of the log."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (Lesson.Kind.DEBRIEF, _("What we learned in a debrief")),
            (Lesson.Kind.CHANGE, _("What we changed")),
        ],
        initial=Lesson.Kind.DEBRIEF,
        widget=forms.RadioSelect,
    )
    text = Typed(
        label=_("In a few sentences"),
        help_text=_("Without names, and without what would tell which case it was."),
        rows=3,
        max_length=20_000,
    )
