"""Concord: virtual events that stay safe spaces, with every promise of the code of conduct kept by construction."""

__version__ = "0.1.0"
