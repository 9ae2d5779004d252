from uuid import UUID

from django.apps import AppConfig
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "concord.monitoring"

    def ready(self) -> None:
        from concord.letters.registry import register_kind
        from concord.live import subscriptions
        from concord.monitoring import (  # noqa: F401  (jobs, receivers)
            alarm_unreviewed,
            alarm_unwatched,
            ask_relief,
            call_again,
            count_opening,
            desk_stream,
            forget_flags,
            forget_names,
            hand_over_shift,
            hear_departures,
            hear_judgements,
            hear_ties,
            let_name_pass,
            pause_list,
            push,
            ring,
            screen_later,
            screen_post,
            warn_of_contact,
            webhook,
        )
        from concord.spaces import post_actions

        post_actions.on_post("flag", _("Flag"), lambda post: _address("flag_post", post))
        post_actions.on_room(
            "flag", _("Flag this moment"), lambda room: _address("flag_moment", room)
        )
        post_actions.on_room(
            "names", _("Keep a name out"), lambda room: _address("protect_names", room)
        )
        register_kind(ring.NOTICE, template="monitoring/letters/notice.txt", guarded=False)
        register_kind(ring.DRILL, template="monitoring/letters/drill_notice.txt", guarded=False)
        subscriptions.register(desk_stream.KIND, desk_stream.authorise)


def _address(name: str, id: UUID) -> str:
    return reverse(name, args=[id], urlconf=settings.ROOT_URLCONF)
