"""Events, registration, guidelines ahead of every session, readiness (P-OPEN-1, P-RISK-1, P-GUIDE-1, P-SAFE-1)."""
