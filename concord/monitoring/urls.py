from django.urls import path

from concord.monitoring import name_views, views

urlpatterns = [
    path("p/<uuid:post_id>/flag", views.post, name="flag_post"),
    path("r/<uuid:room_id>/names", name_views.names, name="protect_names"),
    path("r/<uuid:room_id>/flag", views.moment, name="flag_moment"),
    path("r/<uuid:room_id>/flag/<uuid:nonce>", views.own_moment, name="own_moment"),
]
