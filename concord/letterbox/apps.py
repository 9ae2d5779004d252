from django.apps import AppConfig


class LetterboxConfig(AppConfig):
    name = "concord.letterbox"

    def ready(self) -> None:
        from concord.letterbox import sweep  # noqa: F401  (registers itself as a periodic job)
