"""Seals and opens text and files: person keys, file keys, grants, signatures, recovery (K-CONF-1, K-NOTES-1)."""
