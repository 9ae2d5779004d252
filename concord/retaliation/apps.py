from django.apps import AppConfig


class RetaliationConfig(AppConfig):
    name = "concord.retaliation"

    def ready(self) -> None:
        from concord.reports import intake_checks
        from concord.retaliation import hear_merges, offer, protect  # noqa: F401  (receivers, a job)
        from concord.retaliation.notice_attempt import look_at_report

        intake_checks.register(look_at_report)
