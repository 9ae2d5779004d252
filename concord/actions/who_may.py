"""Which predicates open the doors of this room. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import receiver

reads_reviews = receiver
"""Whoever receives reports also receives requests to look again."""
looks_at_later = receiver
