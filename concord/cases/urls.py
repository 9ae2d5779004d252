"""The public host: cases behind the outside contact's code."""

from django.urls import path

from concord.cases import outside_views

urlpatterns = [
    path("report/box/kept/cases", outside_views.kept, name="kept_cases"),
    path("report/box/kept/left/<uuid:decided_id>", outside_views.left, name="kept_left"),
    path("report/box/kept/cases/<uuid:case_id>", outside_views.case, name="kept_case"),
]
