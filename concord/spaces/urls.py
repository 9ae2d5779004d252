from django.urls import URLPattern, path

from concord.spaces import views

urlpatterns: list[URLPattern] = [
    path("r/<uuid:room_id>", views.room, name="room"),
    path("r/<uuid:room_id>/posts", views.post, name="post"),
]
