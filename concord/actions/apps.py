from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ActionsConfig(AppConfig):
    name = "concord.actions"

    def ready(self) -> None:
        from concord.actions import (  # noqa: F401  (kinds of action, receivers, jobs)
            alarm_requests,
            assign_review,
            confirm_decision,
            delete_posts,
            forget_requests,
            lift,
            limit_writing,
            restore_posts,
            review_reference,
            revoke_access,
            tell_auditor,
            tell_respondent,
            verify_steps,
            watch_audit,
        )
        from concord.actions.triggers import install, lay_aside

        pre_migrate.connect(lay_aside, sender=self, dispatch_uid="concord.actions.lay_aside")
        post_migrate.connect(install, sender=self, dispatch_uid="concord.actions.triggers")
