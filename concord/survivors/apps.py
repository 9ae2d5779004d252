from django.apps import AppConfig


class SurvivorsConfig(AppConfig):
    name = "concord.survivors"

    def ready(self) -> None:
        from concord.letters.outgoing import register_reader
        from concord.letters.registry import register_guard
        from concord.survivors.check_verdict import check_verdict
        from concord.survivors.read_answer import read_answer
        from concord.survivors.read_policy_answer import read_policy_answer

        register_guard(check_verdict)
        register_reader(read_answer)
        register_reader(read_policy_answer)
