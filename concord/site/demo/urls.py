"""The demo's own pages, on every host of it."""

from django.urls import URLPattern, path

from concord.site.demo import views

urlpatterns: list[URLPattern] = [
    path("now", views.now, name="demo_now"),
    path("hidden", views.hidden, name="demo_hidden"),
    path("letters", views.letters, name="demo_letters"),
    path("mails", views.mails, name="demo_mails"),
    path("stored", views.stored_page, name="demo_stored"),
    path("ledger", views.ledger, name="demo_ledger"),
    path("alone", views.alone, name="demo_alone"),
    path("hint", views.hint, name="demo_hint"),
    path("taken/<uuid:post_id>", views.taken, name="demo_taken"),
]
