from django.urls import URLPattern, path

from concord.spaces import desk_hosting_views as hosting
from concord.spaces import desk_views

urlpatterns: list[URLPattern] = [
    path("rooms/<uuid:room_id>", hosting.hosting, name="hosting"),
    path("rooms/<uuid:room_id>/announcements", hosting.add_announcement, name="announcements"),
    path(
        "announcements/<uuid:announcement_id>/down",
        hosting.end_announcement,
        name="announcement_down",
    ),
    path("rooms/<uuid:room_id>/video", hosting.set_video, name="room_video"),
    path("rooms/<uuid:room_id>/recording", hosting.set_recording, name="recording"),
    path("rooms/<uuid:room_id>/brakes", desk_views.brakes, name="brakes"),
    path("brakes/<uuid:brake_id>/confirmation", desk_views.confirmation, name="brake_confirmation"),
    path("brakes/<uuid:brake_id>/lift", desk_views.lift, name="brake_lift"),
]
