from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "concord.reports"

    def ready(self) -> None:
        from concord.reports import alarm_unanswered  # noqa: F401  (registers its job)
