"""Every outgoing text waits here. Transports register; a guarded class is refused without a verdict (K-NAME-1)."""
