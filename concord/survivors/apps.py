from django.apps import AppConfig


class SurvivorsConfig(AppConfig):
    name = "concord.survivors"

    def ready(self) -> None:
        from concord.letters.registry import register_guard
        from concord.survivors.check_verdict import check_verdict

        register_guard(check_verdict)
