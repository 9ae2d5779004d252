from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "concord.cases"

    def ready(self) -> None:
        from concord.cases import hear_reports  # noqa: F401  (hears whom a reporter keeps out)
