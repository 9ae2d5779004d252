"""The report form. It refuses nothing but an empty box; whatever else is odd is left out, kept or folded."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from concord.convenings.models import Registration
from concord.monitoring.forms import Typed
from concord.people.models import StaffMember
from concord.policy.violations import KINDS
from concord.reports.file_forms import FilesField
from concord.reports.told import Source, Told
from concord.spaces.models import Post, Room

NONCE_BYTES = 16
ID_LENGTH = 8
"""Signs of a colleague's id that stand for them in the form."""
LONGEST = 2_000_000
"""Characters in one report, all boxes together. More can be added with the code."""


class _NoIds(forms.widgets.ChoiceWidget):
    """Boxes that lie inside their labels: an id for each would weigh more than the word beside it."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"].pop("id", None)
        return option


class _Ticks(_NoIds, forms.CheckboxSelectMultiple):
    pass


class _OneTick(_NoIds, forms.RadioSelect):
    pass


class SomeOf(forms.MultipleChoiceField):
    """Any of the choices; what is not among them is left out, for a form may be days old."""

    widget = _Ticks

    def validate(self, value: list[str]) -> None:
        """Nothing is wrong with a choice that is no longer there."""

    def clean(self, value: Any) -> list[str]:
        return [code for code in super().clean(value) if self.valid_value(code)]


class OneOf(forms.ChoiceField):
    """One of the choices, or the one it began with."""

    widget = _OneTick

    def validate(self, value: str) -> None:
        """Anything else counts as what was chosen when the form came."""

    def clean(self, value: Any) -> str:
        chosen: str = super().clean(value)
        return chosen if self.valid_value(chosen) else str(self.initial)


STILL_EMPTY = _("This box is still empty. A few words are enough; nothing else is needed.")


class ReportForm(forms.Form):
    """One box that must not be empty, and everything else as far as somebody likes."""

    use_required_attribute = False

    text = Typed(
        label=_("What would you like us to know?"),
        help_text=_("In your own words, in any language, as much or as little as you like."),
        rows=7,
        required=True,
        error_messages={"required": STILL_EMPTY},
    )
    danger = forms.BooleanField(
        label=_("It is happening now, or somebody is in danger"), required=False
    )
    when = Typed(label=_("When was it?"), help_text=_("A rough time will do. It may be long ago."))
    where = Typed(
        label=_("Where was it?"),
        help_text=_(
            "In one of our rooms or anywhere else: in a message, on another site, in person."
        ),
    )
    who = Typed(label=_("Who was involved?"), help_text=_("A name, a nickname, or nothing."))
    kinds = SomeOf(label=_("Does any of these fit?"))
    wishes = Typed(
        label=_("What would help you feel safe? What should we avoid?"),
        help_text=_("For example: please do not write to my organisation."),
        rows=3,
    )
    about_team = forms.BooleanField(
        label=_("It is about someone on the team"),
        help_text=_("Then nobody on the team can read it. It goes to a person outside."),
        required=False,
    )
    keep_out = SomeOf(
        label=_("Of the people who receive reports: who must not read it?"),
        help_text=_("They will not be able to see that it exists."),
    )
    contact = Typed(
        label=_("How can we reach you?"),
        help_text=_(
            "You need not say. You get a code with which you find our answer here. "
            "If you leave an address, only those who read this see it."
        ),
    )
    hear = OneOf(
        label=_("What would you like to hear from us?"),
        choices=[
            ("answer", _("An answer")),
            ("done", _("An answer, and later what was done")),
            ("nothing", _("Nothing")),
        ],
        required=False,
        initial="answer",
    )
    attached = FilesField(
        label=_("Files"),
        help_text=_("Pictures, recordings, letters: anything. The names of files are sealed too."),
    )
    may_translate = forms.BooleanField(
        label=_("If nobody here reads my language, a translator outside the team may read this"),
        help_text=_("Without your yes it never leaves the team."),
        required=False,
    )
    website = Typed(label=_("Please leave this empty"))
    nonce = Typed(widget=forms.HiddenInput)
    post = Typed(widget=forms.HiddenInput)
    room = Typed(widget=forms.HiddenInput)
    person = Typed(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, receivers: list[StaffMember], at: datetime | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.receivers = receivers
        self.files_field.begin(at=at)
        self._offer("kinds", [(kind.code, kind.name) for kind in KINDS.values()])
        self._offer("keep_out", who_may_be_ticked(receivers))
        self.fields["website"].widget.attrs = {"tabindex": "-1", "autocomplete": "off"}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not any(sign.isprintable() and not sign.isspace() for sign in text):
            raise forms.ValidationError(STILL_EMPTY)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if sum(len(value) for value in cleaned.values() if isinstance(value, str)) > LONGEST:
            self.add_error(
                "text",
                _(
                    "This is more than we can take at once. Send the first part; "
                    "you can add the rest with your code."
                ),
            )
        return cleaned

    def only_read(self) -> None:
        """Take what was typed and the files that came, and say nothing yet of what is missing."""
        self.full_clean()
        for name in [name for name in self.errors if name != "attached"]:
            del self.errors[name]

    @property
    def files_field(self) -> FilesField:
        """Which files were taken so far, also when something else is wrong with the form."""
        return cast("FilesField", self.fields["attached"])

    @property
    def new_nonce(self) -> str:
        return secrets.token_hex(NONCE_BYTES)

    @property
    def nonce_sent(self) -> bytes:
        """The form's own number; a form that lost it gets a new one and is taken all the same."""
        try:
            sent = bytes.fromhex(self.cleaned_data["nonce"])
        except ValueError:
            sent = b""
        return sent if len(sent) == NONCE_BYTES else secrets.token_bytes(NONCE_BYTES)

    @property
    def kept_out(self) -> list[StaffMember]:
        """Whoever is ticked: also somebody who no longer receives reports, but may be asked as a colleague."""
        return staff_ticked(cast("QueryDict", self.data))

    @property
    def is_suspect(self) -> bool:
        """Whether the box that people do not see was filled in."""
        return bool(self.cleaned_data["website"])

    @cached_property
    def told(self) -> Told:
        """What was typed, to be sealed."""
        told = self.cleaned_data
        return Told(
            text=told["text"],
            where=told["where"],
            when=told["when"],
            who=told["who"],
            wishes=told["wishes"],
            contact=told["contact"],
            kinds=tuple(told["kinds"]),
            hear=told["hear"],
            language=get_language() or "en",
            about_team=told["about_team"],
            danger=told["danger"],
            may_translate=told["may_translate"],
            source=self._source(),
        )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = cast("SomeOf", self.fields[name])
        field.required, field.choices = False, choices

    def _source(self) -> Source | None:
        """What the form was opened from, if it is still there; a made-up id is nothing."""
        asked: list[tuple[QuerySet[Any], str]] = [
            (Post.objects.kept().select_related("room", "registration"), self.cleaned_data["post"]),
            (Room.objects.all(), self.cleaned_data["room"]),
            (Registration.objects.all(), self.cleaned_data["person"]),
        ]
        for things, id in asked:
            thing = things.filter(id=_uuid(id)).first() if _uuid(id) else None
            if thing is not None:
                return Source.of(thing)
        return None


def who_may_be_ticked(receivers: Iterable[StaffMember]) -> list[tuple[str, str]]:
    """The choices of `keep_out`. Of an id only its beginning: whole ones were a tenth of the page on the wire."""
    return [(_beginning(one), _with_role(one)) for one in receivers]


def _with_role(one: StaffMember) -> str:
    """A receiver's working name; of whoever leads the team that as well, for it may be why they are kept out."""
    name = one.working_name
    return gettext("%(name)s, who leads the team") % {"name": name} if one.is_lead else name


def staff_ticked(data: QueryDict) -> list[StaffMember]:
    """Whoever is ticked as to be kept out; a made-up id is nobody. Two whose ids begin alike are both kept out."""
    ticked = {typed[:ID_LENGTH] for typed in data.getlist("keep_out")}
    return [one for one in StaffMember.objects.all() if _beginning(one) in ticked] if ticked else []


def _beginning(one: StaffMember) -> str:
    return one.id.hex[:ID_LENGTH]


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
