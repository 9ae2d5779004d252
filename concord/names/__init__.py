"""Folds, transliterates and tokenises names and mailboxes, so that equality can be tested without keeping the text."""
