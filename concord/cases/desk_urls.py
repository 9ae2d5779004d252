from django.urls import path

from concord.cases import (
    assess_views,
    classify_views,
    desk_views,
    handover_views,
    keeping_views,
    merge_views,
)

urlpatterns = [
    path("flags/<uuid:flag_id>/answer", desk_views.answer_flag, name="answer_flag"),
    path("flags/<uuid:flag_id>/case", desk_views.take_up_flag, name="take_up_flag"),
    path("reports/<uuid:report_id>/case", desk_views.take_up_report, name="take_up_report"),
    path("cases/<uuid:case_id>/notes", desk_views.note, name="write_note"),
    path("cases/<uuid:case_id>/people", desk_views.add, name="add_party"),
    path("cases/<uuid:case_id>/people/<uuid:party_id>", desk_views.party, name="party"),
    path("cases/<uuid:case_id>/recusal", desk_views.step_out, name="recuse"),
    path("cases/<uuid:case_id>/hand-over", handover_views.pass_on, name="pass_on"),
    path("cases/<uuid:case_id>/cover", handover_views.cover, name="cover_me"),
    path("handovers/<uuid:handover_id>", handover_views.asked, name="asked_to_take"),
    path("handovers/<uuid:handover_id>/take", handover_views.accept, name="take_over"),
    path("handovers/<uuid:handover_id>/end", handover_views.end, name="end_hand_over"),
    path("cases/<uuid:case_id>/same", merge_views.merge, name="merge_cases"),
    path("closed", keeping_views.closed, name="closed_cases"),
    path("cases/<uuid:case_id>/keeping", keeping_views.keeping, name="keeping"),
    path("cases/<uuid:case_id>/close", keeping_views.close, name="close_case"),
    path("cases/<uuid:case_id>/close/agree", keeping_views.agree, name="agree_to_close"),
    path("cases/<uuid:case_id>/assess", assess_views.assess, name="assess"),
    path("check-ins/<uuid:check_in_id>", assess_views.say_found, name="check_in"),
    path("cases/<uuid:case_id>/reopen", keeping_views.reopen, name="reopen_case"),
    path("cases/<uuid:case_id>/hold", keeping_views.hold, name="hold_case"),
    path("cases/<uuid:case_id>/hold/lift", keeping_views.lift, name="lift_hold"),
    path("cases/<uuid:case_id>/kind", classify_views.classify, name="classify"),
]
