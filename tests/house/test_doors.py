"""Every address of both hosts has a door, so that no view can be reached by forgetting to ask who comes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

HOSTS = ["concord.site.urls_public", "concord.site.urls_desk"]
ALLAUTH = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
}
"""allauth's own views that are mounted by name, and no others: each of these asks for itself."""


def addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        else:
            yield path, pattern


def doorless(urlconf: str) -> list[str]:
    return [
        path
        for path, pattern in addresses(import_module(urlconf).urlpatterns)
        if not hasattr(pattern.callback, "door") and pattern.name not in ALLAUTH
    ]


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_address_has_a_door(urlconf):
    assert doorless(urlconf) == []


@pytest.mark.parametrize("urlconf", HOSTS)
def test_every_address_has_a_name(urlconf):
    nameless = [
        path for path, pattern in addresses(import_module(urlconf).urlpatterns) if not pattern.name
    ]
    assert nameless == []
