"""Which predicates open the doors of this room. What a person finds behind them, `visible_to` decides."""

from concord.people.who_may import designated, lead, receiver

judges = designated
"""Whoever may say that a flag needs action, and so take it up."""

may_agree = designated
"""Whoever may be asked whether they agree that nothing needs to be done."""

works_on_cases = receiver
"""Coordinators and deputies are receivers."""

reads_reports = designated
"""Whoever a report can be sealed to."""

leads = lead
"""Whoever may take a colleague out of a case."""
