"""The watch over live rooms, and the flags that people raise there (R-MONITOR-1, R-FLAG-1, R-BOTH-1)."""
