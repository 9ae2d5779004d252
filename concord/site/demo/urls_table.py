"""The demo's first page: the table with its chairs."""

from django.urls import URLPattern, URLResolver, path

from concord.site.demo import urls_public, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.table, name="demo_table"),
    *urls_public.urlpatterns,
]

handler404 = urls_public.handler404
handler403 = urls_public.handler403
handler500 = urls_public.handler500
