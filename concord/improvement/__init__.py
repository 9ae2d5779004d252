"""What is learned without names: feedback by code after closing, debriefs, a log of what was changed (I-IMPROVE-1).

Nothing here leads back to a report, a case, a box or a person, and no moment is finer than a month.
"""
