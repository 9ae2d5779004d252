"""Which predicates open the doors of this room. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import designated

asked = designated
"""Whoever may be asked for a second yes, or coordinates."""
