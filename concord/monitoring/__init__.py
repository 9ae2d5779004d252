"""The watch over live rooms, and the flags that people raise there (R-MONITOR-1, R-FLAG-1, R-BOTH-1).

A flag is a question to a person. It hides nothing, counts towards nothing, and stays open until a named
member of staff has answered it with a reason.
"""
