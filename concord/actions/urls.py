from django.urls import path

from concord.actions import views

urlpatterns = [
    path("review", views.review, name="review"),
    path("review/box", views.box, name="review_box"),
    path("review/box/close", views.close_box, name="review_close"),
]
