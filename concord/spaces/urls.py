from django.urls import URLPattern, path

from concord.spaces import hidden_views, views

urlpatterns: list[URLPattern] = [
    path("r/<uuid:room_id>", views.room, name="room"),
    path("r/<uuid:room_id>/posts", views.post, name="post"),
    path("hidden", hidden_views.hidden, name="hidden"),
    path("hidden/show", hidden_views.show, name="hidden_show"),
]
