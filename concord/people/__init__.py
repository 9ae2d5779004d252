"""Persons, their logins, organisations, designated staff, rosters, ties (I-STAFF-1, P-OPEN-1, P-RISK-1)."""
