"""The top of the house: settings, hosts, the front and its server, base pages, style, the command line.

Here the rooms are put together; nothing is decided. Every page links the policy (S-EVENTS-1) and the way to
report (I-SOON-1), and none asks another host for anything (P-RISK-1).
"""
