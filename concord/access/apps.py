from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "concord.access"

    def ready(self) -> None:
        from concord.access import forget_notices, forget_tokens  # noqa: F401  (clocks)
        from concord.access.refuse import announce
        from concord.refusals import register_recorder

        register_recorder(announce)
