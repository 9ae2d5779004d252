from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "concord.improvement"

    def ready(self) -> None:
        from concord.improvement import ask_feedback, keep_book  # noqa: F401  (each registers its job)
