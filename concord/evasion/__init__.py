"""New logins of a revoked person, acted on under the prior decision and never wider (R-EVADE-1, R-EVADE-2)."""
