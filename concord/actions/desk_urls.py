from django.urls import path

from concord.actions import desk_views

urlpatterns = [path("reviews/<uuid:review_id>", desk_views.review, name="review_request")]
