from django.apps import AppConfig


class ConveningsConfig(AppConfig):
    name = "concord.convenings"

    def ready(self) -> None:
        from concord.convenings import arrive  # noqa: F401  (lends the way on after sign-in)
