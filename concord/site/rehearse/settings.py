"""Settings of the rehearsal's server: everything as in earnest, but letters become files beside the data."""

from concord.site.settings import *  # noqa: F403
from concord.site.settings import CONCORD_DATA

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = CONCORD_DATA.parent / "mails"
