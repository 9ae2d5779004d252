from django.urls import path

from concord.improvement import views

urlpatterns = [path("report/box/afterwards", views.feedback, name="feedback")]
