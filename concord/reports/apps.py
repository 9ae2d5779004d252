from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "concord.reports"

    def ready(self) -> None:
        from concord.letters.registry import register_kind
        from concord.reports import (  # noqa: F401  (each registers its job)
            alarm_unanswered,
            answer_question,
            forget_questions,
            forget_reports,
            forget_uploads,
            lay_answer,
        )

        register_kind(
            answer_question.LETTER, template="reports/letters/policy_answer.txt", guarded=True
        )
