from django.urls import path

from concord.actions import views

urlpatterns = [path("review", views.review, name="review")]
