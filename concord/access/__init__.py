"""The gate: it knows that somebody is shut out, never why (A-REVOKE-1, A-DENY-1)."""
