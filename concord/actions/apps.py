from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ActionsConfig(AppConfig):
    name = "concord.actions"

    def ready(self) -> None:
        from concord.actions import (  # noqa: F401  (kinds of action, receivers, jobs)
            act_by_hand,
            alarm_later,
            alarm_requests,
            ask_to_leave,
            assign_review,
            bar_member,
            bar_organisation,
            carry_elsewhere,
            confirm_decision,
            delete_posts,
            deny_entry,
            forget_requests,
            hasten,
            hear_outside,
            later_members,
            lift,
            limit_writing,
            look_at_later,
            pass_by_hand,
            release_member,
            restore_posts,
            review_reference,
            revoke_access,
            tell_auditor,
            tell_respondent,
            verify_steps,
            void_left,
            wait_live,
            warn_person,
            watch_audit,
        )
        from concord.actions.triggers import install, lay_aside

        pre_migrate.connect(lay_aside, sender=self, dispatch_uid="concord.actions.lay_aside")
        post_migrate.connect(install, sender=self, dispatch_uid="concord.actions.triggers")
