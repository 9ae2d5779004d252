"""Versions of the policy, kinds of violation, grounds, and their acknowledgement (P-ABIDE-1, P-EFFECT-1, P-UPDATE-1, K-ATTR-1)."""
