"""The public host in the demo: as in earnest, and the demo's own pages beside it."""

from django.urls import URLPattern, URLResolver, include, path

from concord.site import urls_public

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/", include("concord.site.demo.urls")),
    *urls_public.urlpatterns,
]

handler404 = urls_public.handler404
handler403 = urls_public.handler403
handler500 = urls_public.handler500
