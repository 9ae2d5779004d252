from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "concord.outbox"

    def ready(self) -> None:
        from concord.outbox import empty_log, standing  # noqa: F401  (register periodic jobs)
