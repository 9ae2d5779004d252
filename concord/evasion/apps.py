from django.apps import AppConfig


class EvasionConfig(AppConfig):
    name = "concord.evasion"

    def ready(self) -> None:
        from concord.evasion import recognise_login  # noqa: F401  (hears logins, shuts and refused entries)
