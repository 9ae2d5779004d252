from django.urls import path

from concord.reports import views

urlpatterns = [
    path("report", views.report, name="report"),
    path("report/box", views.box, name="report_box"),
    path("report/box/words", views.add, name="report_add"),
    path("report/box/close", views.close, name="report_close"),
]
