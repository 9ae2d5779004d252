from django.apps import AppConfig


class EvasionConfig(AppConfig):
    name = "concord.evasion"

    def ready(self) -> None:
        from concord.evasion import (  # noqa: F401  (hears logins, shuts, refused entries; "this is not me")
            hear_not_me,
            recognise_login,
        )
