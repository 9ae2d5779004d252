from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "concord.ledger"

    def ready(self) -> None:
        from concord.ledger.record import record_refusal
        from concord.refusals import register_recorder

        register_recorder(record_refusal)
