from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    name = "concord.improvement"

    def ready(self) -> None:
        from concord.improvement import (  # noqa: F401  (jobs, what is counted at closing, what is lent to rooms below)
            ask_feedback,
            count_closed,
            drill_views,
            end_drill,
            keep_book,
            measure,
            play_drill,
        )
