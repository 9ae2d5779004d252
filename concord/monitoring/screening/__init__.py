"""Screening: a machine reads along and asks a person to look (R-MONITOR-1). It hides, delays and decides nothing.

Nothing in here knows a database. A `Screener` is made once from lists of words and answers for one text at a
time; the room's verbs keep lists, hear posts and raise flags.
"""
