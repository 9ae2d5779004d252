from django.apps import AppConfig


class ConveningsConfig(AppConfig):
    name = "concord.convenings"

    def ready(self) -> None:
        from concord.convenings import arrive, forget_people  # noqa: F401  (the way on, and a clock)
