"""The policy at the desk."""

from django.urls import URLPattern, path

from concord.policy import desk_views

urlpatterns: list[URLPattern] = [
    path("policy", desk_views.staff_policy, name="staff_policy"),
]
