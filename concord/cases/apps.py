from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "concord.cases"

    def ready(self) -> None:
        from concord.letters.outgoing import register_reader
        from concord.cases import (  # noqa: F401  (who is kept out, who is close; what is erased, and when)
            hear_reports,
            hear_ties,
            keep_clocks,
        )
        from concord.cases.read_elsewhere import read_elsewhere

        register_reader(read_elsewhere)
