"""Participants' way in."""

from django.urls import URLPattern, path, re_path

from concord.people import views

urlpatterns: list[URLPattern] = [
    path("in", views.sign_in, name="sign_in"),
    path("in/code", views.sign_in_code, name="sign_in_code"),
    re_path(r"^in/(?P<link>[A-Za-z0-9_-]{32})$", views.sign_in_link, name="sign_in_link"),
    path("out", views.sign_out, name="sign_out"),
    path("you", views.you, name="you"),
]
