"""Which predicates open the doors of the desk. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import designated, monitor, receiver, staff

has_a_desk = staff
watches = monitor
works_on_cases = receiver
sees_decisions = designated
