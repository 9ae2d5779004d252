from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "concord.people"

    def ready(self) -> None:
        from concord.letters.registry import register_kind
        from concord.people import (  # noqa: F401  (each registers what it does)
            ask_sign_in,
            close_desks,
            finish_recovery,
            forget_logins,
            keep_draft,
            organisations,
            second_factor,
        )

        register_kind("people.sign_in", template="people/letters/sign_in.txt", guarded=False)
        register_kind(
            "people.own_mailbox", template="people/letters/desk_own_mailbox.txt", guarded=False
        )
