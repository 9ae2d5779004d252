"""Every outgoing text waits here. Transports register; a guarded class of letter is refused without a verdict (K-NAME-1)."""
