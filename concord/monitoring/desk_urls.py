from django.urls import path

from concord.monitoring import desk_views

urlpatterns = [
    path("flags/<uuid:flag_id>", desk_views.flag, name="flag"),
    path("posts/<uuid:post_id>/flag", desk_views.raise_on_post, name="flag_post"),
    path("rooms/<uuid:room_id>/flag", desk_views.raise_on_moment, name="flag_moment"),
]
