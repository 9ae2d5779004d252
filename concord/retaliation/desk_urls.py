from django.urls import path

from concord.retaliation import desk_views

urlpatterns = [
    path("follows/<uuid:attempt_id>", desk_views.attempt, name="attempt"),
    path("follows/<uuid:attempt_id>/link", desk_views.link, name="link_attempt"),
    path("follows/<uuid:attempt_id>/dismiss", desk_views.dismiss, name="dismiss_attempt"),
]
