"""The desk in the demo: as in earnest, and the demo's own pages beside it."""

from django.urls import URLPattern, URLResolver, include, path

from concord.site import urls_desk

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/", include("concord.site.demo.urls")),
    *urls_desk.urlpatterns,
]

handler404 = urls_desk.handler404
handler403 = urls_desk.handler403
handler500 = urls_desk.handler500
