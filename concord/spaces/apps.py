from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "concord.spaces"

    def ready(self) -> None:
        from concord.spaces import (  # noqa: F401  (jobs, receivers)
            forget_offers,
            forget_posts,
            lift_brake,
            offer_help,
            open_room,
            renamed,
            streams,
        )

        streams.lend_authorisers()
