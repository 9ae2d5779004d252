from django.urls import path

from concord.concurrence import desk_views

urlpatterns = [
    path("proposals/<uuid:proposal_id>", desk_views.proposal, name="proposal"),
    path("proposals/<uuid:proposal_id>/changed", desk_views.changed, name="proposal_changed"),
    path("proposals/<uuid:proposal_id>/concurrence", desk_views.agree, name="agree"),
    path("proposals/<uuid:proposal_id>/on-it", desk_views.on_it, name="on_it"),
    path("proposals/<uuid:proposal_id>/full", desk_views.full, name="open_full"),
    path("proposals/<uuid:proposal_id>/decline", desk_views.say_no, name="decline"),
    path("proposals/<uuid:proposal_id>/recusal", desk_views.step_out, name="out_of_proposal"),
    path("proposals/<uuid:proposal_id>/withdrawal", desk_views.withdraw_it, name="withdraw"),
    path("proposals/<uuid:proposal_id>/adoption", desk_views.adopt_it, name="adopt"),
    path("proposals/<uuid:proposal_id>/anew", desk_views.ask_anew, name="ask_anew"),
    path("proposals/<uuid:proposal_id>/execution", desk_views.carry_it_out, name="execute"),
    path("proposals/<uuid:proposal_id>/taking-back", desk_views.take_it_back, name="take_back"),
    path("proposals/<uuid:proposal_id>/set-aside", desk_views.leave_out, name="set_aside_steps"),
]
