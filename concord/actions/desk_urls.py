from django.urls import path

from concord.actions import desk_views

urlpatterns = [
    path("reviews/<uuid:review_id>", desk_views.review, name="review_request"),
    path("reviews/<uuid:review_id>/answer", desk_views.answer, name="answer_review"),
]
