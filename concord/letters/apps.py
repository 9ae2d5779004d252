from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "concord.letters"

    def ready(self) -> None:
        from concord.letters import deliver  # noqa: F401  (registers its job)
