from django.urls import path

from concord.actions import outside_views, views

urlpatterns = [
    path("review", views.review, name="review"),
    path("review/box", views.box, name="review_box"),
    path("review/box/close", views.close_box, name="review_close"),
    path("report/box/kept/reviews", outside_views.kept, name="kept_reviews"),
    path("report/box/kept/reviews/<uuid:review_id>", outside_views.review, name="kept_review"),
]
