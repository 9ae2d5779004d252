from django.urls import path

from concord.reports import desk_file_views, desk_views

urlpatterns = [
    path("reports/<uuid:report_id>", desk_views.report, name="staff_report"),
    path("reports/<uuid:report_id>/answer", desk_views.answer, name="answer_report"),
    path("reports/<uuid:report_id>/aside", desk_views.aside, name="set_aside_report"),
    path("reports/<uuid:report_id>/aside/second", desk_views.confirm, name="confirm_set_aside"),
    path("reports/<uuid:report_id>/files/<uuid:file_id>", desk_file_views.file, name="report_file"),
    path(
        "reports/<uuid:report_id>/files/<uuid:file_id>/picture",
        desk_file_views.picture,
        name="report_picture",
    ),
    path(
        "reports/<uuid:report_id>/files/<uuid:file_id>/copy",
        desk_file_views.copy,
        name="report_file_copy",
    ),
    path(
        "reports/<uuid:report_id>/files/<uuid:file_id>/original",
        desk_file_views.original,
        name="report_file_original",
    ),
]
