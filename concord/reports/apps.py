from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "concord.reports"

    def ready(self) -> None:
        from concord.reports import (  # noqa: F401  (each registers its job)
            alarm_unanswered,
            forget_uploads,
        )
