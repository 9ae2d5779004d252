from django.urls import path

from concord.improvement import desk_views, drill_views

urlpatterns = [
    path("learned", desk_views.learned, name="learned"),
    path("events/<slug:slug>/drill", drill_views.start, name="start_drill"),
    path("drills/end", drill_views.end, name="end_drill"),
    path("drills/over", drill_views.over, name="drill_over"),
    # What is under it is answered by `drill_door`; these are here so that it is an address like any other.
    path("drill/", drill_views.over, name="drill"),
    path("drill/<path:within>", drill_views.over, name="in_drill"),
]
