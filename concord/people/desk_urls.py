"""The team, and staff sign-in: allauth's own views, each mounted by name, at the desk only. No sign-up, no reset.

The passphrase is the one thing that opens a staff member's keys; a way round it would orphan them.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, path

from concord.doors import anyone, door, on_desk
from concord.people import desk_views as views
from concord.people.desk_sign_in import sign_in
from concord.people.second_factor import no_second_factor_yet
from concord.people.who_may import staff

at_the_desk = door(anyone, on_desk)

urlpatterns: list[URLPattern] = [
    path("in", at_the_desk(sign_in), name="account_login"),
    path("out", at_the_desk(account.logout), name="account_logout"),
    path("in/second", at_the_desk(mfa.authenticate), name="mfa_authenticate"),
    path("in/again", door(staff)(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("second", door(staff)(mfa.index), name="mfa_index"),
    path(
        "second/set-up",
        door(on_desk, no_second_factor_yet)(totp.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "second/recovery",
        door(staff)(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second/recovery/file",
        door(staff)(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path(
        "second/recovery/new",
        door(staff)(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("passphrase", views.passphrase, name="passphrase"),
    path("team", views.team, name="team"),
    path("team/new", views.add_colleague, name="add_colleague"),
    path("team/<uuid:staff_id>/keys", views.confirm_keys, name="confirm_keys"),
    path("team/<uuid:staff_id>/end", views.end_colleague, name="end_colleague"),
]
