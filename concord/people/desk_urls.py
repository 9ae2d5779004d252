"""The team, and staff sign-in: allauth's own views, each mounted by name, at the desk only. No sign-up, no reset.

The passphrase is the one thing that opens a staff member's keys; a way round it would orphan them.
"""

from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path

from concord.doors import View, anyone, door, on_desk, way_back
from concord.people import desk_lock_views as lock_views
from concord.people import desk_own_mailbox_views as own
from concord.people import desk_recovery_views as recovery_views
from concord.people import desk_views as views
from concord.people import passkey_views as passkeys
from concord.people.desk_sign_in import sign_in
from concord.people.second_factor import may_make_passkey, no_app_yet
from concord.people.who_may import staff

at_the_desk = door(anyone, on_desk)


def short(view: View) -> View:
    """allauth leads to a fresh code and back; what is too long to come back to loses all but its path."""

    @wraps(view)
    def shortened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if way_back(request) != request.get_full_path():
            return HttpResponseRedirect(request.path)
        return view(request, *args, **kwargs)

    return shortened


urlpatterns: list[URLPattern] = [
    path("in", at_the_desk(sign_in), name="account_login"),
    path("out", at_the_desk(account.logout), name="account_logout"),
    path("in/second", at_the_desk(passkeys.second_step), name="mfa_authenticate"),
    path("in/again", door(staff)(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second", door(staff)(mfa.index), name="mfa_index"),
    path(
        "second/set-up",
        door(on_desk, no_app_yet)(totp.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "second/passkey",
        door(on_desk, may_make_passkey)(short(passkeys.make_passkey)),
        name="mfa_add_webauthn",
    ),
    path(
        "second/passkey/<int:pk>",
        door(staff)(short(passkeys.name_passkey_view)),
        name="mfa_edit_webauthn",
    ),
    path(
        "second/passkey/<int:pk>/forget",
        door(staff)(short(passkeys.remove_passkey_view)),
        name="mfa_remove_webauthn",
    ),
    path(
        "in/again/passkey",
        door(staff)(passkeys.show_passkey_again),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "second/recovery",
        door(staff)(short(recovery_codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second/recovery/file",
        door(staff)(short(recovery_codes.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
    path(
        "second/recovery/new",
        door(staff)(short(recovery_codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("look", lock_views.look, name="look"),
    path("locked", lock_views.locked, name="locked"),
    path("lock", lock_views.lock, name="lock"),
    path("here", lock_views.here, name="here"),
    path("kept", lock_views.take_kept, name="take_kept"),
    path("kept/<uuid:draft_id>", lock_views.kept_draft, name="kept_draft"),
    path("kept/<uuid:draft_id>/gone", lock_views.let_go, name="let_go"),
    path("lost", recovery_views.lost, name="lost"),
    path("share", recovery_views.share, name="share"),
    path("recovery/<uuid:ceremony_id>", recovery_views.add_share, name="recovery"),
    path("recovery/<uuid:ceremony_id>/stop", recovery_views.stop, name="recovery_stop"),
    path("team/<uuid:staff_id>/lost", recovery_views.begin, name="recovery_begin"),
    path("passphrase", views.passphrase, name="passphrase"),
    path("discretion", views.discretion, name="discretion"),
    path("team", views.team, name="team"),
    path("team/yourself", own.own_mailbox, name="own_mailbox"),
    path("team/yourself/code", own.own_mailbox_code, name="own_mailbox_code"),
    path("team/new", views.add_colleague, name="add_colleague"),
    path("team/<uuid:staff_id>/keys", views.confirm_keys, name="confirm_keys"),
    path("team/<uuid:staff_id>/end", views.end_colleague, name="end_colleague"),
    path("team/<uuid:staff_id>/leaving", views.leaving, name="leaving"),
    path("team/<uuid:staff_id>/stays", views.they_stay, name="they_stay"),
]
