"""The public host: people who take part, and people who report."""

from django.urls import URLPattern, URLResolver, include, path

from concord.site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("concord.convenings.urls")),
    path("", include("concord.people.urls")),
    path("", include("concord.policy.urls")),
    path("", include("concord.spaces.urls")),
    path("", include("concord.monitoring.urls")),
    path("", include("concord.reports.urls")),
    path("", include("concord.cases.urls")),
    path("", include("concord.actions.urls")),
    path("", include("concord.improvement.urls")),
    path("help", views.help_page, name="help"),
    path("leave", views.leave, name="leave"),
    path("ledger", views.ledger_heads, name="ledger"),
]

handler404 = "concord.site.views.not_there"
handler403 = "concord.site.views.forbidden"
handler500 = "concord.site.views.broken"
