"""Which predicates open the doors of this room. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import receiver

reads_cases = receiver
