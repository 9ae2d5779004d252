from django.apps import AppConfig


class ConveningsConfig(AppConfig):
    name = "concord.convenings"

    def ready(self) -> None:
        from concord.convenings import (  # noqa: F401  (the way on, and two clocks)
            arrive,
            forget_people,
            send_guidelines,
        )
