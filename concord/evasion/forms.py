"""Which posts of a return go, and why it is believed to be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.evasion.apply_return import LONGEST
from concord.monitoring.forms import Typed
from concord.spaces.models import Post


class ReturnForm(forms.Form):
    """All posts are ticked at first; the reason is asked for, and nothing typed is lost."""

    use_required_attribute = False

    posts = forms.MultipleChoiceField(
        label=_("What goes"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Please tick what goes."),
            "invalid_choice": _("One of these is gone already. Please look again."),
        },
    )
    reason = Typed(
        label=_("Why do you believe that this is the same person?"),
        help_text=_("One sentence is enough. It stays sealed with the decision."),
        rows=3,
        required=True,
        max_length=LONGEST,
        error_messages={"required": _("Please write in a sentence why.")},
    )

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = posts
        self.fields["posts"].choices = [(str(post.id), post.number) for post in posts]  # type: ignore[attr-defined]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise forms.ValidationError(self.fields["reason"].error_messages["required"])
        return reason

    @property
    def chosen(self) -> list[Post]:
        """The posts that were ticked, once the form is valid."""
        ticked = set(self.cleaned_data["posts"])
        return [post for post in self.there if str(post.id) in ticked]

    @property
    def rows(self) -> list[tuple[Post, bool]]:
        """Each post, and whether it is ticked now."""
        ticked = set(self.data.getlist("posts")) if self.is_bound else None  # type: ignore[attr-defined]
        return [(post, ticked is None or str(post.id) in ticked) for post in self.there]
