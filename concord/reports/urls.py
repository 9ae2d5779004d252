from django.urls import path

from concord.reports import box_views, outside_views, question_views, support_views, views

urlpatterns = [
    path("report", views.report, name="report"),
    path("report/box", views.box, name="report_box"),
    path("report/box/words", views.add, name="report_add"),
    path("report/box/choices", box_views.choices, name="report_choices"),
    path("report/box/stay-out", box_views.stay_out, name="report_stay_out"),
    path("report/box/beside", support_views.add, name="report_beside_add"),
    path("report/box/beside/remove", support_views.remove, name="report_beside_remove"),
    path("report/box/beside/accept", support_views.accept, name="report_beside_accept"),
    path("report/box/share/<uuid:answer_id>", support_views.share, name="report_share"),
    path("report/box/proof", box_views.proof, name="report_proof"),
    path("report/box/close", views.close, name="report_close"),
    path("report/box/kept", outside_views.shelf, name="report_shelf"),
    path("report/box/kept/accept", outside_views.accept, name="report_shelf_accept"),
    path("report/box/kept/flags/<uuid:flag_id>", outside_views.flag, name="report_shelf_flag"),
    path(
        "report/box/kept/flags/<uuid:flag_id>/hand",
        outside_views.hand_flag,
        name="report_shelf_hand_flag",
    ),
    path("report/box/kept/<uuid:report_id>", outside_views.report, name="report_shelf_report"),
    path(
        "report/box/kept/<uuid:report_id>/answer", outside_views.answer, name="report_shelf_answer"
    ),
    path("report/box/kept/<uuid:report_id>/done", outside_views.finish, name="report_shelf_done"),
    path("report/box/kept/<uuid:report_id>/hand", outside_views.hand, name="report_shelf_hand"),
    path(
        "report/box/kept/<uuid:report_id>/files/<uuid:file_id>",
        outside_views.file,
        name="report_shelf_file",
    ),
    path("ask", question_views.ask, name="ask"),
    path("ask/box", question_views.ask_box, name="ask_box"),
    path("ask/box/words", question_views.ask_add, name="ask_add"),
    path("ask/box/close", question_views.ask_close, name="ask_close"),
]
