from django.urls import path

from concord.monitoring import views

urlpatterns = [
    path("p/<uuid:post_id>/flag", views.post, name="flag_post"),
    path("r/<uuid:room_id>/flag", views.moment, name="flag_moment"),
]
