"""A proposal, another staff member's concurrence with that exact version, the decision (R-CONCUR-1, A-THOUGHT-1)."""
