"""Who is protected for reporting, witnessing or answering a report, and attempts against them (V-RETAL-1 to -3).

It keeps keyed tokens and nothing in the clear. What comes in is compared while its text passes through memory,
and what touches a protected person is offered to those who read the older case, and to nobody else.
"""
