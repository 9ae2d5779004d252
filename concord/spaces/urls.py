from django.urls import URLPattern, path

from concord.spaces import hidden_views, notice_views, views

urlpatterns: list[URLPattern] = [
    path("r/<uuid:room_id>", views.room, name="room"),
    path("r/<uuid:room_id>/video", views.video, name="video"),
    path("r/<uuid:room_id>/video/<str:host>", views.video, name="video"),
    path("r/<uuid:room_id>/posts", views.post, name="post"),
    path("r/<uuid:room_id>/told/<uuid:notice_id>", notice_views.notice, name="notice"),
    path("r/<uuid:room_id>/told/<uuid:notice_id>/heed", notice_views.heed_notice, name="heed"),
    path("r/<uuid:room_id>/help", notice_views.put_away, name="put_help_away"),
    path("hidden", hidden_views.hidden, name="hidden"),
    path("hidden/show", hidden_views.show, name="hidden_show"),
]
