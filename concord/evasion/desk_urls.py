from django.urls import path

from concord.evasion import desk_views

urlpatterns = [
    path("returns/<uuid:match_id>/posts", desk_views.delete_return, name="delete_return"),
    path("returns/<uuid:match_id>/undo", desk_views.undo_return, name="undo_return"),
]
