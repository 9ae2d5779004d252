"""Versions of the policy, kinds of violation, grounds, acknowledgement.

Keeps P-ABIDE-1, P-EFFECT-1, P-UPDATE-1, P-EMBODY-1, P-GROUNDS-1, V-DEF-1 and K-ATTR-1.
"""
