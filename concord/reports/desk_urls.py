from django.urls import path

from concord.reports import desk_views

urlpatterns = [
    path("reports/<uuid:report_id>", desk_views.report, name="staff_report"),
    path("reports/<uuid:report_id>/answer", desk_views.answer, name="answer_report"),
    path("reports/<uuid:report_id>/aside", desk_views.aside, name="set_aside_report"),
    path("reports/<uuid:report_id>/aside/second", desk_views.confirm, name="confirm_set_aside"),
]
