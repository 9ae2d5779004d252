from uuid import UUID

from django.apps import AppConfig
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "concord.reports"

    def ready(self) -> None:
        from concord.reports import (  # noqa: F401  (each registers its job)
            alarm_unanswered,
            forget_uploads,
        )
        from concord.spaces import post_actions

        post_actions.on_post("report", _("Report"), _address)


def _address(post: UUID) -> str:
    """The report form, from a post: it travels along, sealed."""
    return f"{reverse('report', urlconf=settings.ROOT_URLCONF)}?post={post}"
