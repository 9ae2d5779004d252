from django.urls import URLPattern, path

from concord.spaces import desk_views

urlpatterns: list[URLPattern] = [
    path("rooms/<uuid:room_id>/brakes", desk_views.brakes, name="brakes"),
    path("brakes/<uuid:brake_id>/confirmation", desk_views.confirmation, name="brake_confirmation"),
    path("brakes/<uuid:brake_id>/lift", desk_views.lift, name="brake_lift"),
]
