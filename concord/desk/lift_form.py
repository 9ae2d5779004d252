"""What is typed when a decision is lifted, or given an earlier end."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from concord.concurrence.terms import KEEPS, Incomplete, Target, Terms
from concord.desk.forms import MISSING, SAFE, Lines, ProposalForm, SomeOf

WISHES = ProposalForm.WISHES


class LiftForm(forms.Form):
    """Why it ends now, what else was considered, whom that could put at risk, and which posts come back.

    Beside wishes it is asked whether this keeps to them, in the words of every proposal (K-WISH-1).
    """

    use_required_attribute = False

    reason = Lines(
        label=_("Why, in one sentence"),
        help_text=_("Your colleague reads this first."),
        required=True,
    )
    considered = Lines(label=_("What else was considered"), required=True)
    is_safe = forms.BooleanField(label=SAFE, required=False)
    safety = Lines(label=_("Whom it could put at risk, and what is done about that"))
    back = SomeOf(label=_("Which deleted posts come back"))

    def __init__(self, *args: Any, posts: list[Target], wishes: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WISHES if wishes.strip() else ():
            self.fields[name] = deepcopy(ProposalForm.base_fields[name])
        self.posts = posts
        chosen: Any = self.fields["back"]
        chosen.choices = [(str(each.id), each.label) for each in posts]
        if not posts:
            del self.fields["back"]

    @property
    def about_wishes(self) -> list[BoundField]:
        return [self[name] for name in WISHES if name in self.fields]

    @property
    def others(self) -> list[BoundField]:
        return [field for field in self if field.name not in WISHES]

    def terms(self, lift: Target) -> Terms:
        """The lift, and each post that was chosen as a step of its own."""
        typed = self.cleaned_data
        back = [each for each in self.posts if str(each.id) in typed.get("back", [])]
        return Terms(
            targets=(lift, *back),
            grounds=(),
            violations=(),
            reason=typed["reason"].strip(),
            stabilises="",
            considered=typed["considered"].strip(),
            less_severe="",
            safety=typed["safety"].strip() or (str(SAFE) if typed["is_safe"] else ""),
            departure=typed.get("departure", KEEPS),
            departure_reason=typed.get("departure_reason", "").strip(),
            untold=typed.get("untold", "").strip(),
        )

    @staticmethod
    def of(terms: Terms) -> dict[str, Any]:
        """The form's contents for what was proposed before."""
        targets = [(target.kind, str(target.id)) for target in terms.targets]
        return {
            "reason": terms.reason,
            "considered": terms.considered,
            "is_safe": terms.safety == str(SAFE),
            "safety": "" if terms.safety == str(SAFE) else terms.safety,
            "back": [id for kind, id in targets if kind == "restore"],
            **{name: getattr(terms, name) for name in WISHES},
            "who": [id for kind, id in targets if kind == "release"],
        }

    def asked(self, decision: UUID, code: str) -> Terms:
        """Everything that is proposed: this decision ends."""
        return self.terms(Target("lift", decision, code))

    def tell_missing(self, refused: Incomplete) -> None:
        """Say beside each field what is missing."""
        for name in dict.fromkeys(refused.missing):
            shown_at = "who" if name == "targets" else name
            self.add_error(shown_at if shown_at in self.fields else None, str(MISSING[name]))


class ReleaseForm(LiftForm):
    """Who of several is let in again, each as a step of their own; and why."""

    who = SomeOf(label=_("Who is let in again"))

    field_order = ("who", "reason", "considered", "is_safe", "safety")

    def __init__(self, *args: Any, people: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, posts=[], **kwargs)
        self.people = people
        who: Any = self.fields["who"]
        who.choices = [(str(each.id), each.label) for each in people]

    def asked(self, decision: UUID, code: str) -> Terms:
        """The terms, with a step for each who was chosen."""
        chosen = self.cleaned_data.get("who", [])
        targets = tuple(each for each in self.people if str(each.id) in chosen)
        return replace(self.terms(Target("release", decision, code)), targets=targets)


class EarlierForm(forms.Form):
    """When it ends now, a day ahead at least, and why."""

    use_required_attribute = False

    ends_at = forms.DateTimeField(
        label=_("Ends already (UTC)"),
        help_text=_(
            "A day ahead at least; anything sooner is a lift, and needs a second yes. Whoever it holds for is told by "
            "letter, where one reaches them, and whoever reported and chose to hear finds it in their box."
        ),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    why = Lines(label=_("Why"), required=True)
