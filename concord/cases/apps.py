from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "concord.cases"

    def ready(self) -> None:
        from concord.cases import (  # noqa: F401  (who is kept out, who is close; what is erased, and when; who is silent)
            alarm_caseless,
            check_in,
            common_readers,
            cover_me,
            decide_no_action,
            give_back_reports,
            hear_departures,
            hear_outside,
            hear_reports,
            hear_ties,
            keep_clocks,
            notice_silence,
            ring_untouched,
            wait_live,
        )
        from concord.cases.read_elsewhere import read_elsewhere
        from concord.letters.outgoing import register_reader

        register_reader(read_elsewhere)
