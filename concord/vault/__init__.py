"""Seals and opens text and files: person keys, file keys, grants, signatures, recovery (K-CONF-1, K-NOTES-1).

This room knows holders by opaque ids and has no opinion about who should read what: upper rooms decide,
and record who read. Every primitive is libsodium's (PyNaCl); only HKDF comes from `cryptography`.
"""
