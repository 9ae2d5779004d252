from django.apps import AppConfig


class ConcurrenceConfig(AppConfig):
    name = "concord.concurrence"

    def ready(self) -> None:
        from concord.concurrence import hear_ties, void  # noqa: F401  (hears ties and recusals, lapses proposals)
