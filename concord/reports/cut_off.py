"""A form whose files were more than one request may carry: what was typed arrives, and the form comes back."""

CUT_OFF = "cut_off"
"""The name under which the front tells it, after the last byte that it kept."""
