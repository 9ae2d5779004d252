from django.urls import path

from concord.actions import desk_views, later_views

urlpatterns = [
    path("reviews/<uuid:review_id>", desk_views.review, name="review_request"),
    path("reviews/<uuid:review_id>/answer", desk_views.answer, name="answer_review"),
    path("reviews/<uuid:review_id>/taking-on", desk_views.take_on, name="take_on_review"),
    path("later/<uuid:card_id>", later_views.later_member, name="later_member"),
    path("reviews/<uuid:review_id>/outcome", desk_views.decide, name="decide_review"),
]
