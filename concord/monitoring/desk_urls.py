from django.urls import path

from concord.monitoring import desk_views, reached_views

urlpatterns = [
    path("flags/<uuid:flag_id>", desk_views.flag, name="flag"),
    path("flags/<uuid:flag_id>/pass", desk_views.let_pass, name="let_name_pass"),
    path("posts/<uuid:post_id>/flag", desk_views.raise_on_post, name="flag_post"),
    path("rooms/<uuid:room_id>/flag", desk_views.raise_on_moment, name="flag_moment"),
    path("reached", reached_views.reached, name="reached"),
    path("reached/letters", reached_views.letters_to, name="letters_to"),
    path("reached/try", reached_views.try_ways, name="try_ways"),
    path("reached/push", reached_views.push_here, name="push_here"),
    path(
        "reached/push/<uuid:subscription_id>/end", reached_views.push_no_more, name="push_no_more"
    ),
    path("notices.js", reached_views.notices_script, name="notices_script"),
]
