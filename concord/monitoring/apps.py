from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "concord.monitoring"

    def ready(self) -> None:
        from concord.letters.registry import register_kind
        from concord.live import subscriptions
        from concord.monitoring import alarm_unreviewed, desk_stream, ring  # noqa: F401

        register_kind(ring.NOTICE, template="monitoring/letters/notice.txt", guarded=False)
        subscriptions.register(desk_stream.KIND, desk_stream.authorise)
