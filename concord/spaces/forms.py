"""What is typed in a room, and how the desk chooses a brake."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.spaces.models import Brake, Recording


class SaidField(forms.CharField):
    """Text as it was typed; `clean_text` says what of it is kept."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\x00", "")


class PostForm(forms.Form):
    """A post. A hidden field that was damaged on the way is left out; the words never are.

    Sent again with other words, because the line broke before the answer came, it is another post.
    """

    text = SaidField(required=False, strip=False)
    nonce = forms.UUIDField(required=False)
    comment_on = forms.UUIDField(required=False)
    thread = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=0)
    told = forms.RegexField(r"^[0-9a-f-]{1,40}$", required=False)
    sure = forms.BooleanField(required=False)

    @property
    def said(self) -> dict[str, Any]:
        """What came through of the fields, bad ones as None."""
        self.full_clean()
        said = {name: self.cleaned_data.get(name) for name in self.fields}
        if said["nonce"]:
            said["nonce"] = uuid5(said["nonce"], said["text"] or "")
        return said


class AnnouncementForm(forms.Form):
    """What the team says to everyone in a room."""

    text = SaidField(
        label=_("Say something to everyone in this room"),
        help_text=_(
            "It stands above the room, in the team's name, until one of you takes it down."
        ),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "maxlength": 500}),
    )


class VideoForm(forms.Form):
    """Where what is shown in the room comes from."""

    link = forms.CharField(
        label=_("Address of the video"),
        help_text=_(
            "The address that its host gives for embedding. Nobody's browser asks for it until they press."
        ),
        required=False,
        max_length=500,
        widget=forms.URLInput(
            attrs={"dir": "ltr", "placeholder": "https://", "autocomplete": "off"}
        ),
    )


class RecordingForm(forms.Form):
    """What people in the room are told about being recorded."""

    recording = forms.ChoiceField(
        label=_("Is this session recorded?"),
        choices=[
            (Recording.RECORDED, _("It is recorded")),
            (Recording.NOT_RECORDED, _("It is not recorded")),
            (Recording.UNSAID, _("It is not settled yet; the room reads that nobody has said")),
        ],
        widget=forms.RadioSelect,
    )


class BrakeForm(forms.Form):
    """Which brake to pull."""

    kind = forms.ChoiceField(
        label=_("What the room needs"), choices=Brake.Kind.choices, widget=forms.RadioSelect
    )
