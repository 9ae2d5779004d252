"""What a browser sends when a passkey is made or shown; a script fills it in, nobody types it."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import check_rate_limit, post_authentication
from allauth.mfa.models import Authenticator
from django import forms
from django.utils.translation import gettext_lazy as _

from concord.outbox.clock import clock
from concord.people.models import Login
from concord.people.passkeys import (
    PasskeyNotAccepted,
    created,
    is_elsewhere,
    read_answer,
    read_credential,
    shown,
)
from concord.people.use_passkey import use_passkey


class CredentialField(forms.JSONField):
    """What the browser got from the device, without what opens the copy of somebody's keys."""

    widget = forms.HiddenInput
    default_error_messages = {
        "required": PasskeyNotAccepted.words,
        "invalid": PasskeyNotAccepted.words,
    }

    def clean(self, value: Any) -> dict[str, Any]:
        try:
            return read_credential(super().clean(value))
        except PasskeyNotAccepted as refused:
            raise forms.ValidationError(refused.words) from refused


class AnswerField(forms.CharField):
    """What the device answered for the copy of its owner's keys; empty where it cannot."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, max_length=100)

    def clean(self, value: Any) -> bytes | None:
        return read_answer(super().clean(value))


class ShowPasskeyForm(forms.Form):
    """One of this login's own passkeys, shown to be here now."""

    credential = CredentialField()
    answer = AnswerField()
    reauthenticated = False

    def __init__(self, *args: Any, user: Login, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "credential" in cleaned:
            is_right = check_rate_limit(self.user)
            try:
                self.asserted = shown(self.user, cleaned["credential"], at=clock.now())
            except PasskeyNotAccepted as refused:
                raise forms.ValidationError(refused.words) from refused
            use_passkey(self.asserted, at=clock.now())
            is_right()
        return cleaned

    def save(self) -> None:
        """Tell allauth that the second step has been taken, and the sign-in for which device."""
        post_authentication(
            context.request,
            self.asserted.passkey,
            reauthenticated=self.reauthenticated,
            passwordless=False,
        )
        context.request.device_answer = (self.asserted.device, self.cleaned_data["answer"])


class ShowPasskeyAgainForm(ShowPasskeyForm):
    """The same, before something about the second step is changed."""

    reauthenticated = True


class NamePasskeyForm(forms.Form):
    """What its owner calls a passkey."""

    name = forms.CharField(
        label=_("What do you call it?"),
        help_text=_("Such as: my phone. Only you see it."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args: Any, instance: Authenticator | None = None, **kwargs: Any) -> None:
        if instance is not None:
            kwargs["initial"] = {"name": instance.wrap().name, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class MakePasskeyForm(NamePasskeyForm):
    """A passkey that was just made on this device."""

    credential = CredentialField()
    answer = AnswerField()

    def __init__(self, *args: Any, user: Login, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "credential" in cleaned:
            try:
                self.counter = created(cleaned["credential"], at=clock.now())
            except PasskeyNotAccepted as refused:
                raise forms.ValidationError(refused.words) from refused
            if is_elsewhere(cleaned["credential"]):
                raise forms.ValidationError(PasskeyNotAccepted.words)
        return cleaned


class OpenByPassphraseForm(forms.Form):
    """The passphrase, once more, for a desk that is locked."""

    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "auto"}),
    )
