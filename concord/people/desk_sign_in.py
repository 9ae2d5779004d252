"""The first step of staff sign-in: allauth's page, answering 429 in words when too many try at once."""

from __future__ import annotations

from allauth.account.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpResponse

from concord.people.forms import TOO_MANY
from concord.vault.errors import TooManyAtOnce


class SignInView(LoginView):
    """Whoever finds the line full keeps the name they typed, and may try again."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, TOO_MANY):
            response.status_code = TooManyAtOnce.status
        return response


sign_in = SignInView.as_view()
