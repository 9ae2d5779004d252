from django.urls import path

from concord.desk import (
    by_hand_views,
    case_views,
    decision_views,
    export_views,
    inbox_views,
    lift_views,
    propose_views,
    screening_views,
    shift_views,
    still_views,
    watch_views,
)

urlpatterns = [
    path("", inbox_views.inbox, name="inbox"),
    path("still/<uuid:id>", still_views.still, name="still"),
    path("next", inbox_views.next_thing, name="next_thing"),
    path("again", inbox_views.once_more, name="try_again"),
    path("watch", watch_views.watch, name="watch"),
    path("on-shift", shift_views.on_shift, name="on_shift"),
    path("on-shift/opened", shift_views.opened, name="opened"),
    path("on-shift/covers/<int:cover>", shift_views.covered, name="covered"),
    path("on-shift/note", shift_views.hand_over, name="hand_over_shift"),
    path("on-shift/relief", shift_views.ask, name="ask_relief"),
    path("on-shift/relief/<uuid:relief_id>", shift_views.take, name="take_relief"),
    path("events/<slug:slug>/screening", screening_views.screening, name="screening"),
    path("events/<slug:slug>/screening/try", screening_views.try_text, name="try_text"),
    path("screening/<uuid:list_id>", screening_views.term_list, name="term_list"),
    path("screening/<uuid:list_id>/file", screening_views.list_file, name="list_file"),
    path("screening/<uuid:list_id>/away", screening_views.list_away, name="list_away"),
    path("screening/names/<uuid:passing_id>/again", screening_views.name_again, name="name_again"),
    path("screening/<uuid:list_id>/<slug:step>", screening_views.list_step, name="list_step"),
    path(
        "screening/words/<slug:language>", screening_views.screening_words, name="screening_words"
    ),
    path("flags/<uuid:flag_id>/claim", watch_views.claim, name="claim_flag"),
    path("flags/<uuid:flag_id>/words", watch_views.flag_words, name="flag_words"),
    path("cases/<uuid:case_id>", case_views.case, name="case"),
    path("cases/<uuid:case_id>/copy", export_views.export, name="export_case"),
    path("cases/<uuid:case_id>/propose", propose_views.propose_in, name="propose"),
    path("cases/<uuid:case_id>/deny", propose_views.deny_in, name="deny_entry"),
    path("cases/<uuid:case_id>/organisation", propose_views.bar_in, name="bar_organisation"),
    path("cases/<uuid:case_id>/deny/known", propose_views.name_known, name="name_known"),
    path("proposals/<uuid:proposal_id>/edit", propose_views.edit, name="edit_proposal"),
    path("by-hand/<uuid:step_id>", by_hand_views.done_by_hand, name="done_by_hand"),
    path("decisions", decision_views.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>", decision_views.decision, name="decision"),
    path("decisions/<uuid:decision_id>/lifting", lift_views.lift, name="lift_decision"),
    path("decisions/<uuid:decision_id>/release", lift_views.release, name="release_some"),
    path("decisions/<uuid:decision_id>/vary", propose_views.vary, name="vary_decision"),
    path("decisions/<uuid:decision_id>/stays", decision_views.stays, name="decision_stays"),
    path("decisions/<uuid:decision_id>/end", decision_views.earlier, name="end_earlier"),
    path(
        "decisions/<uuid:decision_id>/confirmation", decision_views.confirm, name="confirm_decision"
    ),
]
