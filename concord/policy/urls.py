"""The policy, in force and earlier."""

from django.urls import URLPattern, path

from concord.policy import views

urlpatterns: list[URLPattern] = [
    path("policy", views.policy, name="policy"),
    path("policy/<int:number>", views.policy_version, name="policy_version"),
    path("policy/<int:number>/<slug:language>.txt", views.policy_text, name="policy_text"),
]
