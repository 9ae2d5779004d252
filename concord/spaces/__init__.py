"""Rooms, posts, comments, brakes and the live stream (V-SILENCE-1, R-ACT-DELETE, A-REVOKE-1, P-RISK-1).

A person who is shut out has their streams cut here; that they are shut out is all that this room learns.
"""
