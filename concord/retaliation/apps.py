from django.apps import AppConfig


class RetaliationConfig(AppConfig):
    name = "concord.retaliation"

    def ready(self) -> None:
        from concord.reports import intake_checks
        from concord.retaliation import (  # noqa: F401  (receivers, jobs)
            alarm_offered,
            hear_merges,
            offer,
            protect,
        )
        from concord.retaliation.notice_attempt import look_at_report

        intake_checks.register(look_at_report)
