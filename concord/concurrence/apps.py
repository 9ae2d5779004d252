from django.apps import AppConfig


class ConcurrenceConfig(AppConfig):
    name = "concord.concurrence"

    def ready(self) -> None:
        from concord.concurrence import void  # noqa: F401  (hears recusals, lapses proposals)
