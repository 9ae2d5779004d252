from django.urls import path

from concord.reports import (
    desk_answer_views,
    desk_code_views,
    desk_file_views,
    desk_question_views,
    desk_triage_views,
    desk_views,
    elsewhere_views,
    typing_views,
)

urlpatterns = [
    path("reports/elsewhere", elsewhere_views.seen_elsewhere, name="seen_elsewhere"),
    path("reports/new", typing_views.type_in, name="type_in_report"),
    path("reports/<uuid:report_id>/redirect", desk_triage_views.redirect, name="redirect_report"),
    path("reports/<uuid:report_id>/same", desk_triage_views.same, name="same_reports"),
    path("questions/<uuid:question_id>", desk_question_views.question, name="policy_question"),
    path("questions/<uuid:question_id>/answer", desk_question_views.answer, name="answer_question"),
    path("questions/<uuid:question_id>/report", desk_question_views.turn, name="turn_into_report"),
    path("reports/<uuid:report_id>", desk_views.report, name="staff_report"),
    path("reports/<uuid:report_id>/answer", desk_answer_views.answer, name="answer_report"),
    path(
        "reports/<uuid:report_id>/answer/back",
        desk_answer_views.take_back,
        name="take_back_answer",
    ),
    path("reports/<uuid:report_id>/code", desk_code_views.another_code, name="another_code"),
    path("reports/<uuid:report_id>/code/confirm", desk_code_views.confirm, name="confirm_code"),
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
