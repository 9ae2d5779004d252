"""Revoke access; delete posts or comments: steps that are done and verified (R-ACT-1, R-ACT-REVOKE, R-ACT-DELETE)."""
