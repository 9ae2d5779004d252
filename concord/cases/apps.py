from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "concord.cases"

    def ready(self) -> None:
        from concord.cases import hear_reports, hear_ties  # noqa: F401  (who is kept out, who is close)
