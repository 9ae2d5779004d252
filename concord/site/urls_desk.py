"""The desk's host: staff."""

from django.urls import URLPattern, URLResolver, include, path

from concord.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("concord.desk.urls")),
    path("", include("concord.people.desk_urls")),
    path("", include("concord.policy.desk_urls")),
    path("", include("concord.convenings.desk_urls")),
    path("", include("concord.spaces.desk_urls")),
    path("", include("concord.monitoring.desk_urls")),
    path("", include("concord.reports.desk_urls")),
    path("", include("concord.cases.desk_urls")),
    path("", include("concord.concurrence.desk_urls")),
    path("", include("concord.actions.desk_urls")),
    path("", include("concord.retaliation.desk_urls")),
    path("", include("concord.evasion.desk_urls")),
    path("", include("concord.improvement.desk_urls")),
    path("leave", views.leave, name="leave"),
]

handler404 = "concord.site.views.not_there"
handler403 = "concord.site.views.forbidden"
handler500 = "concord.site.views.broken"
