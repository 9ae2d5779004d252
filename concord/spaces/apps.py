from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "concord.spaces"

    def ready(self) -> None:
        from concord.spaces import forget_posts, lift_brake, open_room, streams  # noqa: F401  (jobs, receivers)

        streams.lend_authorisers()
