from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "concord.desk"

    def ready(self) -> None:
        from concord.desk import news  # noqa: F401  (hears what the rooms announce)
