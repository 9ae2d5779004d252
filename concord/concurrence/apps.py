from django.apps import AppConfig


class ConcurrenceConfig(AppConfig):
    name = "concord.concurrence"

    def ready(self) -> None:
        from concord.concurrence import (  # noqa: F401  (hears departures, ties, seats, recusals and erasing; asks, rings; lapses)
            ask_wider,
            end_unasked,
            hear_departures,
            hear_mailbox_ties,
            hear_merges,
            hear_ties,
            lend_standing,
            look_again,
            note_live,
            owe_decisions,
            ring_for_conflict,
            ring_for_end,
            ring_for_press,
            void,
            wait_live,
        )
