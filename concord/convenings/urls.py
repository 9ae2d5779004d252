"""Events, on the public host."""

from django.urls import URLPattern, path

from concord.convenings import views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("e/<slug:slug>", views.event, name="event"),
    path("e/<slug:slug>/register", views.register, name="register"),
    path("e/<slug:slug>/name", views.own_name, name="own_name"),
    path("e/<slug:slug>/policy", views.acknowledge, name="acknowledge"),
    path("s/<uuid:session_id>/guidelines", views.guidelines, name="guidelines"),
]
