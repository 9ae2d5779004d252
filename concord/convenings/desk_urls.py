"""Planning, at the desk."""

from django.urls import URLPattern, path

from concord.convenings import desk_all_guidelines_views as all_of_them
from concord.convenings import desk_import_views as imports
from concord.convenings import desk_people_views as people
from concord.convenings import desk_registrants_views as people_file
from concord.convenings import desk_roster_views as roster
from concord.convenings import desk_ties_views as ties
from concord.convenings import desk_views as views

urlpatterns: list[URLPattern] = [
    path("team/ties", ties.ties, name="ties"),
    path("team/ties/<uuid:tie_id>/end", ties.take_back, name="end_tie"),
    path("events", views.events, name="events"),
    path("events/<slug:slug>", views.plan, name="plan"),
    path("events/<slug:slug>/open", views.open_event, name="open_event"),
    path("events/<slug:slug>/end", views.end_event, name="end_event"),
    path("events/<slug:slug>/sessions", views.add_session, name="add_session"),
    path("events/<slug:slug>/guidelines", all_of_them.all_guidelines, name="all_guidelines"),
    path("events/<slug:slug>/import", imports.import_schedule, name="import_schedule"),
    path("events/<slug:slug>/people", people_file.import_registrants, name="import_registrants"),
    path("events/<slug:slug>/roster", roster.roster, name="roster"),
    path("events/<slug:slug>/shifts", roster.add_shift, name="add_shift"),
    path("events/<slug:slug>/shifts/<int:shift_id>/end", roster.end_a_shift, name="end_shift"),
    path("events/<slug:slug>/tested", roster.channel_tested, name="channel_tested"),
    path("events/<slug:slug>/gaps", roster.accept, name="accept_gaps"),
    path("events/<slug:slug>/organisations", people.organisations, name="organisations"),
    path(
        "events/<slug:slug>/organisations/<uuid:registration_id>",
        people.person_organisations,
        name="person_organisations",
    ),
    path(
        "events/<slug:slug>/organisations/<uuid:registration_id>/<uuid:affiliation_id>/erase",
        people.erase_organisation,
        name="erase_organisation",
    ),
    path(
        "sessions/<uuid:session_id>/guidelines", views.session_guidelines, name="session_guidelines"
    ),
    path("sessions/<uuid:session_id>/open", views.open_session, name="open_session"),
    path("sessions/<uuid:session_id>/end", views.end_session, name="end_session"),
    path("sessions/<uuid:session_id>/call-off", views.call_off_session, name="call_off_session"),
    path("sessions/<uuid:session_id>/put-back", views.put_back_session, name="put_back_session"),
]
