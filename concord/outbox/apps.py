from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "concord.outbox"

    def ready(self) -> None:
        from concord.outbox import standing  # noqa: F401  (registers the ground's periodic jobs)
