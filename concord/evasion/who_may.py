"""Which predicates open the doors of this room. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import receiver

acts_on_returns = receiver
