from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "concord.improvement"

    def ready(self) -> None:
        from concord.improvement import (  # noqa: F401  (jobs; what is counted when a case is closed)
            ask_feedback,
            count_closed,
            keep_book,
        )
