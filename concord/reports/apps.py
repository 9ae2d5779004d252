from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "concord.reports"

    def ready(self) -> None:
        from concord.letters.registry import register_kind
        from concord.reports import (  # noqa: F401  (each registers its job)
            alarm_added,
            alarm_unanswered,
            alarm_unplaced,
            alarm_untold,
            answer_question,
            forget_notices,
            forget_questions,
            forget_reports,
            forget_uploads,
            lay_answer,
            leave_notice,
            tell_status,
            wait_live,
        )
        from concord.reports.help_lines import help_block
        from concord.spaces.offer_help import lends_help_lines

        lends_help_lines(help_block)
        register_kind(
            answer_question.LETTER, template="reports/letters/policy_answer.txt", guarded=True
        )
        register_kind(leave_notice.NOTICE, template="reports/letters/notice.txt", guarded=False)
