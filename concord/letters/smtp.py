"""The plain transport: the host's own mail server, by Django's settings."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage


def by_smtp(*, to: str, subject: str, body: str, language: str) -> None:
    """Hand one letter to the mail server. Raises OSError or smtplib's errors, and the outbox tries again."""
    EmailMessage(
        subject=subject,
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    ).send()
