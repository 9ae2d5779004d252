"""The proposal form. Filled from the flag it is short; whatever is wider asks for every word.

Nothing is refused here: `check_complete` says what is missing, and everything that was typed stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.template.defaultfilters import date as date_words
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from concord.actions.limit_writing import PACES
from concord.cases.parties import Known
from concord.concurrence.evidence import Piece, usual
from concord.concurrence.terms import (
    DEPARTURES,
    GROUNDS,
    KEEPS,
    LASTING,
    SET_ASIDE,
    SHORT_LENGTH,
    VALUES,
    Incomplete,
    Target,
    Terms,
    is_short,
    told_alike,
)
from concord.desk.around import Around, Scope
from concord.desk.ladder import (
    AS_FOR_ALL,
    FOR_ALL,
    FOR_ONE_OF_MANY,
    MANY,
    NOTHING,
    RUNGS,
    USUAL_PACE,
    assumed_for,
    chosen_before,
    step_on,
)
from concord.policy.violations import KINDS
from concord.refusals import Refused
from concord.spaces.models import Post

SAFE = _("I asked myself whom this could put at risk, now and afterwards, and see nobody.")

MISSING = {
    "targets": _("Choose what should happen: one step at least."),
    "reason": _("Write one sentence: what happened, and why this is the answer to it."),
    "stabilises": _("Say how this calms the situation."),
    "considered": _("Say what else was considered."),
    "less_severe": _("Say why nothing milder would do."),
    "safety": _("Say whom it could put at risk; or tick that you see nobody."),
    "violations": _("Choose items of the policy."),
    "grounds": _("Choose one ground at least."),
    "finding": _("Say which item of the policy was broken, and by what; choose the item below."),
    "relied_on": _("Say what you rely on for this ground."),
    "value": _("Choose the value that was acted against."),
    "other_words": _("Say what is done by hand, and by whom."),
    "set_aside_why": _("Say what was considered, and why it cannot be done."),
    "notice_body": _("A warning is a letter: say something in it."),
    "until_at": _(
        "Give an end that lies ahead, in a year that is meant, or a day to look at it again."
    ),
    "review_on": _("Choose a day from today on: within a year, and not after its end."),
    "departure": _("Say whether this keeps to what was wished, or why it does not."),
    "departure_reason": _("Say why this departs from what the person who reported wished."),
}
SHOWN_AT = {"safety": "is_safe"}
"""Where the form shows what is missing, when it has another name there."""


class Lines(forms.CharField):
    """Words as typed, with plain line ends: two people sign them to the letter."""

    def __init__(
        self, *, rows: int = 2, longest: int = 2_000, required: bool = False, **said: Any
    ) -> None:
        widget = forms.Textarea({"rows": rows, "dir": "auto"})
        super().__init__(widget=widget, required=required, max_length=longest, **said)

    def validate(self, value: Any) -> None:
        """Empty is no mistake here: whether it is missing depends on everything else."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return typed.replace("\0", "").replace("\r\n", "\n")


class SomeOf(forms.MultipleChoiceField):
    """Any of the choices. One that is there no longer, a post that went meanwhile, is left out."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: list[str]) -> None:
        """None of them is no mistake here either."""

    def clean(self, value: Any) -> list[str]:
        choices: Any = self.choices
        known = {str(code) for code, _label in choices}
        return [code for code in super().clean(value) if code in known]


class ProposalForm(forms.Form):
    """Built for one case from what is `Around` it."""

    use_required_attribute = False

    scope = forms.ChoiceField(label=_("From where"), widget=forms.RadioSelect)
    until_at = forms.DateTimeField(
        label=_("Until (UTC)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    review_on = forms.DateField(
        label=_("Or no end, and look at it again on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    pace = forms.TypedChoiceField(
        label=_("Who is slowed down writes once in"),
        choices=[
            (minutes, ngettext_lazy("%d minute", "%d minutes") % minutes) for minutes in PACES
        ],
        coerce=int,
        required=False,
    )
    other_words = Lines(
        label=_("What is done by hand"),
        help_text=_("Say it so that a colleague can do it, and say afterwards that it was done."),
    )
    other_hand = forms.ChoiceField(label=_("Who does it"), required=False)
    posts = SomeOf(label=_("Which of their posts are deleted"))
    reason = Lines(
        label=_("Why, in one sentence"),
        help_text=_("What happened, and why this answers it. Your colleague reads this first."),
        required=True,
    )
    grounds = SomeOf(label=_("On which ground"), choices=list(GROUNDS.items()))
    violations = SomeOf(
        label=_("Which items of the policy"),
        choices=[(code, kind.name) for code, kind in KINDS.items()],
    )
    is_safe = forms.BooleanField(label=SAFE, required=False)
    act_at_once = forms.BooleanField(
        label=_("Act as soon as a colleague agrees"),
        help_text=_("Otherwise you press once more yourself."),
        required=False,
    )
    finding = Lines(
        label=_("Finding"),
        help_text=_(
            "Which item of the policy was broken by what. Left empty, it is the items and your sentence."
        ),
    )
    stabilises = Lines(label=_("How this calms the situation"))
    considered = Lines(label=_("What else was considered"))
    less_severe = Lines(label=_("Why nothing milder would do"))
    safety = Lines(label=_("Whom it could put at risk, and what is done about that"))
    set_aside = SomeOf(label=_("Considered, and cannot be done"), choices=list(SET_ASIDE.items()))
    set_aside_why = Lines(
        label=_("Why it cannot be done"), help_text=_("Nothing is left out without a reason.")
    )
    relied_on = Lines(label=_("What you rely on, for illegal, unethical or violent activity"))
    value = forms.ChoiceField(
        label=_("Which value, when it is about values"),
        choices=[("", _("None in particular")), *VALUES.items()],
        required=False,
    )
    departure = forms.ChoiceField(
        label=_("Does it keep to what the person who reported wished?"),
        help_text=_("It departs from it only for one of three reasons."),
        choices=[(KEEPS, _("Yes, it keeps to it")), *DEPARTURES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": MISSING["departure"]},
    )
    departure_reason = Lines(
        label=_("If not: why, in one sentence"), help_text=_("Your colleague reads it.")
    )
    untold = Lines(
        label=_("If not, and it is not safe to tell them beforehand: why"),
        help_text=_(
            "Left empty, they are told with their code, before anything happens, that a wish may not be kept. "
            "Whoever wants to hear nothing is not told."
        ),
    )
    evidence = SomeOf(
        label=_("Tick what is shown"),
        help_text=_(
            "Other people in this case stand there as “person A”. Untick whatever tells all the same who was harmed. "
            "Of a report nothing is shown unless you tick it. What is to be deleted is shown in any case, and no "
            "message by anybody whom this is not about."
        ),
    )
    notice_subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    notice_body = Lines(label=_("What the person is told"), rows=10, longest=10_000)

    SHORT: tuple[str, ...] = ("posts", "all_here", "reason", "grounds", "violations", "is_safe")
    WIDER: tuple[str, ...] = ("scope", "until_at", "review_on", "pace")
    BY_HAND = ("other_words", "other_hand")
    IN_FULL: tuple[str, ...] = (
        "finding", "stabilises", "considered", "less_severe", "set_aside", "set_aside_why", "safety",
        "relied_on", "value", "act_at_once",
    )  # fmt: skip
    WISHES = ("departure", "departure_reason", "untold")
    SHOWN: Mapping[str, str] = {}
    """Where this form shows what is missing, beside `SHOWN_AT`."""
    refused: Refused | None = None
    """Why what was typed cannot be proposed, for the page that shows it."""
    IS_FULL = False
    """Whether nothing is assumed in it, so that every answer is asked for at once."""

    def __init__(
        self,
        *args: Any,
        around: Around,
        at: datetime,
        wishes: str = "",
        pieces: Sequence[Piece] = (),
        **kwargs: Any,
    ) -> None:
        first = first_choices(around, at=at) | usual_evidence(around, pieces)
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.around, self.at = around, at
        if not wishes.strip():
            for name in self.WISHES:
                del self.fields[name]
        self._offer(around)
        evidence: Any = self.fields["evidence"]
        evidence.choices = [(one.ref, _of_evidence(one)) for one in pieces]
        scope: Any = self.fields["scope"]
        scope.choices = [(each.value, each.name) for each in around.scopes]

    def _offer(self, around: Around) -> None:
        """Whom and what there is to choose from."""
        are_many = len(around.people) >= MANY
        if are_many:
            label = gettext("For all %d of them") % len(around.people)
            self.fields["step_for_all"] = _ladder(label, FOR_ALL)
        for each in around.people:
            rungs = FOR_ONE_OF_MANY if are_many else RUNGS
            self.fields[f"step_{each.person_id}"] = _ladder(_with_part(each), rungs)
        hand: Any = self.fields["other_hand"]
        hand.choices = [("", gettext("Choose")), *((str(id), name) for id, name in around.hands)]
        posts: Any = self.fields["posts"]
        posts.choices = [(str(post.id), _line(post, around.flagged)) for post in around.posts]
        if len(around.here) <= 1:
            return
        rooms = list(dict.fromkeys(post.room.name for post in around.here))
        words = {"n": len(around.here), "rooms": gettext(", ").join(rooms)}
        label = gettext("All %(n)d of their posts in %(rooms)s") % words
        self.fields["all_here"] = forms.BooleanField(label=label, required=False)
        self._tick_all_here([str(post.id) for post in around.here])

    def _tick_all_here(self, here: list[str]) -> None:
        """One tick stands for all of them as they are on this page, and from then on each is ticked by itself.

        What they write meanwhile was before nobody's eyes, and is not in it.
        """
        if not isinstance(self.data, QueryDict) or self.data.get("all_here") != "on":
            return
        data = self.data.copy()
        data.setlist("posts", list(dict.fromkeys([*data.getlist("posts"), *here])))
        del data["all_here"]
        self.data = data

    @property
    def is_wide(self) -> bool:
        """Whether it goes beyond the short form: another place than the session, or longer than a day."""
        targets = self._targets()
        by_hand = any(target.kind == "other" for target in targets)
        return by_hand or not is_short(targets, at=self.at)

    @property
    def ladders(self) -> list[forms.BoundField]:
        """One for each person, in the order of the case."""
        names = [f"step_{each.person_id}" for each in self.around.people]
        return [self[name] for name in names if name in self.fields]

    @property
    def assumed(self) -> dict[str, str]:
        """What is assumed for what is chosen now."""
        chosen = {str(field.value() or NOTHING) for field in self.ladders}
        if AS_FOR_ALL in chosen:
            chosen.add(str(self["step_for_all"].value() or NOTHING))
        return assumed_for(chosen)

    def terms(self) -> Terms:
        """What was chosen and typed. A short proposal says what is assumed wherever nothing was typed."""
        typed, targets = self.cleaned_data, self._targets()
        texts = {name: typed[name].strip() for name in ("stabilises", "considered", "less_severe")}
        if not self.is_wide:
            assumed = assumed_for(target.kind for target in targets)
            texts = {name: text or assumed[name] for name, text in texts.items()}
        return Terms(
            targets=tuple(targets),
            set_aside=tuple(typed["set_aside"]),
            set_aside_why=typed["set_aside_why"].strip(),
            own_notices=self._own_notices(targets),
            grounds=tuple(typed["grounds"]),
            violations=tuple(typed["violations"]),
            reason=typed["reason"].strip(),
            finding=typed["finding"].strip() or self._finding(),
            safety=typed["safety"].strip() or (str(SAFE) if typed["is_safe"] else ""),
            relied_on=typed["relied_on"].strip(),
            value=typed["value"],
            departure=typed.get("departure", ""),
            departure_reason=typed.get("departure_reason", "").strip(),
            untold=typed.get("untold", "").strip(),
            notice_subject=typed["notice_subject"].strip(),
            notice_body=typed["notice_body"].strip(),
            act_at_once=typed["act_at_once"],
            evidence=tuple(typed["evidence"]),
            **texts,
        )

    def tell_missing(self, refused: Incomplete) -> None:
        """Say beside each field what a considered decision still needs."""
        for name in dict.fromkeys(refused.missing):
            shown_at = (
                "safety"
                if name == "safety" and self.is_wide
                else {**SHOWN_AT, **self.SHOWN}.get(name, name)
            )
            if name == "targets" and self.ladders:
                is_for_all = "step_for_all" in self.fields
                shown_at = "step_for_all" if is_for_all else self.ladders[0].name
            self.add_error(shown_at if shown_at in self.fields else None, str(MISSING[name]))

    def _targets(self) -> list[Target]:
        typed = self.cleaned_data
        scope = self._scope(typed.get("scope", ""))
        labels = {str(post.id): _place(post) for post in self.around.posts}
        steps = [
            step_on(
                each.person_id,
                self._rung_of(each),
                name=each.called,
                scope=scope,
                typed=typed,
            )
            for each in self.around.people
            if each.person_id
        ]
        return [
            *(step for step in steps if step),
            *(Target("delete", UUID(id), labels[id]) for id in typed.get("posts", [])),
        ]

    def _rung_of(self, known: Known) -> str:
        """What is chosen for one person, also where that is what was chosen for all."""
        chosen: str = self.cleaned_data.get(f"step_{known.person_id}", NOTHING)
        return self.cleaned_data.get("step_for_all", NOTHING) if chosen == AS_FOR_ALL else chosen

    def _own_notices(self, targets: list[Target]) -> dict[str, dict[str, str]]:
        """What was typed for each of those who are told something else, where not all are told the same."""
        keys = list(told_alike(targets))
        typed = {key: self.data.get(f"notice_body-{key}", "") for key in keys}
        if len(keys) < 2 or not all(typed.values()):
            return {}
        lines = Lines(longest=10_000)
        return {
            key: {
                "subject": self.data.get(f"notice_subject-{key}", "").strip()[:200],
                "body": lines.to_python(typed[key]).strip()[:10_000],
            }
            for key in keys
        }

    def _scope(self, value: str) -> Scope:
        known = {each.value: each for each in self.around.scopes}
        return known.get(value, self.around.scopes[0])

    def _finding(self) -> str:
        typed = self.cleaned_data
        if "violation" not in typed["grounds"] or not typed["reason"].strip():
            return ""
        items = "; ".join(str(KINDS[code].name) for code in typed["violations"])
        return f"{items}: {typed['reason'].strip()}" if items else ""


def _ladder(label: str, rungs: dict[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(rungs.items()), widget=forms.RadioSelect, required=False
    )


def _with_part(known: Known) -> str:
    return (
        gettext("%s (helped, or cheered it on)") % known.called if known.assisted else known.called
    )


def first_choices(around: Around, *, at: datetime) -> dict[str, Any]:
    """What the form holds before anybody has touched it: this session, one day, the flagged posts."""
    minute = at.replace(second=0, microsecond=0)
    first, others = ("revoke", NOTHING) if len(around.people) < MANY else (AS_FOR_ALL, AS_FOR_ALL)
    return {
        "step_for_all": NOTHING,
        **{f"step_{each.person_id}": others for each in around.people[1:]},
        **{f"step_{each.person_id}": first for each in around.people[:1]},
        "pace": USUAL_PACE,
        "posts": [str(post.id) for post in around.posts if post.id in around.flagged],
        "scope": around.scopes[0].value,
        "until_at": minute + SHORT_LENGTH,
        "act_at_once": True,
    }


def usual_evidence(around: Around, pieces: Sequence[Piece]) -> dict[str, Any]:
    """The ticks on what is shown unless somebody chooses."""
    persons = {each.person_id for each in around.people if each.person_id}
    return {"evidence": [one.ref for one in usual(pieces, persons=persons)]}


def choices_of(terms: Terms) -> dict[str, Any]:
    """The form's contents for terms that were proposed before."""
    texts = terms.texts()
    chosen: dict[str, Any] = {
        **texts,
        **chosen_before(list(terms.targets)),
        "posts": [str(target.id) for target in terms.targets if target.kind == "delete"],
        "is_safe": texts["safety"] == str(SAFE),
    }
    if terms.evidence is None:
        del chosen["evidence"]
    lasting = [target for target in terms.targets if target.kind in LASTING]
    if lasting:
        first = lasting[0]
        chosen["scope"] = Scope(first.scope_kind, first.scope_id, "").value
        chosen["until_at"], chosen["review_on"] = first.until_at, first.review_on
    return chosen


def _place(post: Post) -> str:
    return f"{post.room.name}, {post.number}"


def _line(post: Post, flagged: set[UUID]) -> str:
    """One post in a list of ticks: when, where, whether it was flagged, and how it begins."""
    told = gettext("flagged") + " · " if post.id in flagged else ""
    begins = Truncator(post.text).chars(140)
    return f"{date_words(post.posted_at, 'H:i')} · {post.room.name} · {told}{begins}"


def _of_evidence(piece: Piece) -> str:
    """One piece in a list of ticks: what it is, and as much of it as can be told apart."""
    if piece.kind == "report":
        return f"{gettext('From a report')} · {piece.text}"
    told = gettext("flagged moment") if piece.kind == "moment" else gettext("message")
    return f"{date_words(piece.at, 'H:i')} · {piece.room} · {told} · {Truncator(piece.text).chars(140)}"
