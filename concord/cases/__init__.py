"""Coordinator and deputy, parties, sealed notes and evidence, recusal (R-COORD-1, K-CONF-1, K-PRIV-1, K-NOTES-1)."""
