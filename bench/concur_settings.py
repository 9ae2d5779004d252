"""Settings of the bench `concur`: as a rehearsal's, but letters go by SMTP to whoever listens."""

from concord.site.rehearse.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
CONCORD_ARGON2 = (1, 8 * 1024 * 1024)
"""Cheap on purpose: no sign-in is measured here, and twelve of them come first."""
