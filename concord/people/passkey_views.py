"""Passkeys on allauth's own pages: each of its views as it is, but for what our rules add."""

from __future__ import annotations

from typing import Any

from allauth.account.mixins import NextRedirectMixin
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic.edit import FormMixin

from concord.outbox.clock import clock
from concord.people.end_sessions import end_sessions
from concord.people.enrol_passkey import enrol_passkey
from concord.people.name_passkey import name_passkey
from concord.people.passkeys import asked_to_create, asked_to_show
from concord.people.remove_passkey import LastSecondFactor, remove_passkey


class SecondStepView(AuthenticateView):
    """Six digits, or a passkey where there is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        login = self.stage.login.user
        context["has_app"] = Authenticator.objects.filter(
            user_id=login.pk, type=Authenticator.Type.TOTP
        ).exists()
        context["passkey"] = asked_to_show(login, at=clock.now())
        return dict(context)


class MakePasskeyView(AddWebAuthnView):
    """Make a passkey on this device."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = FormMixin.get_context_data(self, **kwargs)
        login = authenticated_user(self.request)
        context["passkey"] = asked_to_create(login, at=clock.now())
        return dict(context)

    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        made, codes = flows.add_authenticator(
            self.request,
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
        )
        enrol_passkey(
            made,
            keyring=self.request.keyring,
            counter=form.counter,  # type: ignore[attr-defined]
            answer=form.cleaned_data["answer"],
            at=clock.now(),
        )
        self.did_generate_recovery_codes = bool(codes)
        return FormMixin.form_valid(self, form)


class NamePasskeyView(EditWebAuthnView):
    """Call it something else."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        name_passkey(self.object, name=form.cleaned_data["name"])
        return HttpResponseRedirect(reverse("mfa_index"))


class RemovePasskeyView(RemoveWebAuthnView):
    """Forget a passkey. Whatever is open with it elsewhere closes."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        login = authenticated_user(self.request)
        try:
            remove_passkey(self.get_object(), at=clock.now())
        except LastSecondFactor as refused:
            form.add_error(None, str(refused.words))
            page = self.get_context_data(object=self.object, form=form)
            return self.render_to_response(page, status=refused.status)
        end_sessions(login, but=self.request.session.session_key)
        messages.success(self.request, _("It is forgotten. It opens nothing here any more."))
        return HttpResponseRedirect(reverse("mfa_index"))


class ShowPasskeyAgainView(ReauthenticateWebAuthnView):
    """A passkey instead of the digits, before something about the second step is changed."""

    def form_invalid(self, form: Form) -> HttpResponse:
        for errors in form.errors.values():
            messages.error(self.request, " ".join(str(error) for error in errors))
        return HttpResponseRedirect(reverse("mfa_reauthenticate"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = NextRedirectMixin.get_context_data(self, **kwargs)
        context["passkey"] = asked_to_show(authenticated_user(self.request), at=clock.now())
        return dict(context)


second_step = SecondStepView.as_view()
make_passkey = MakePasskeyView.as_view()
name_passkey_view = NamePasskeyView.as_view()
remove_passkey_view = RemovePasskeyView.as_view()
show_passkey_again = ShowPasskeyAgainView.as_view()
