from django.urls import path

from concord.improvement import desk_views

urlpatterns = [path("learned", desk_views.learned, name="learned")]
