from django.apps import AppConfig


class LetterboxConfig(AppConfig):
    name = "concord.letterbox"

    def ready(self) -> None:
        from concord.letterbox import lapse, sweep  # noqa: F401  (each registers its job)
