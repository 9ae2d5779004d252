"""What somebody may add to a flag. Nothing is required: the flag itself says enough."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _


class Typed(forms.CharField):
    """Words as they were typed. Only the null sign goes, which no database keeps and no keyboard has."""

    def __init__(self, *, rows: int = 0, required: bool = False, **said: Any) -> None:
        said.setdefault("widget", forms.Textarea({"rows": rows}) if rows else forms.TextInput())
        super().__init__(required=required, strip=False, **said)
        self.widget.attrs |= {"dir": "auto"}

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return typed.replace("\0", "").replace("\r\n", "\n")


class FlagForm(forms.Form):
    """One optional box, and a number of its own so that a form sent twice is one flag; with other words it is another.

    Whoever goes back to a page that a browser kept finds the form with its number, and writes something new into it.
    """

    use_required_attribute = False

    words = Typed(
        label=_("What did you see or hear?"),
        help_text=_("A few words help us, in any language. You can also leave this empty."),
        rows=3,
        max_length=10_000,
    )
    nonce = Typed(widget=forms.HiddenInput, initial=uuid4)

    def clean_nonce(self) -> UUID:
        try:
            return UUID(self.cleaned_data["nonce"])
        except ValueError:
            return uuid4()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"words", "nonce"} <= cleaned.keys():
            cleaned["nonce"] = uuid5(cleaned["nonce"], cleaned["words"])
        return cleaned


class NameForm(forms.Form):
    """A name to be kept out."""

    use_required_attribute = False

    name = Typed(
        label=_("The name, or the few words"),
        help_text=_("A former name, a handle, where you live: one to four words, in any spelling."),
        max_length=200,
        required=True,
    )


class ListForm(forms.Form):
    """A list of terms as a file."""

    use_required_attribute = False

    name = Typed(label=_("What do you call it?"), required=True, max_length=60)
    language = Typed(
        label=_("Language"), help_text=_("Two letters, such as en."), required=True, max_length=12
    )
    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "CSV in UTF-8, one term in each row: a word or a few. A star at the end of a word stands "
            "for every word that begins so. No other pattern is understood."
        ),
        required=True,
        allow_empty_file=True,
    )


class TryForm(forms.Form):
    """A text to be tried."""

    use_required_attribute = False

    text = Typed(label=_("A text"), help_text=_("It is looked at once and kept nowhere."), rows=2)


class JudgementForm(forms.Form):
    """Needs action or not, and the sentence that says why."""

    use_required_attribute = False

    reason = Typed(
        label=_("Why?"),
        help_text=_("One sentence. Only colleagues who handle this read it."),
        rows=2,
        max_length=4_000,
        required=True,
    )
