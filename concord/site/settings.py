"""Settings, read from the environment. `concord check` names every one that is missing or unsafe."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.site.database import database_of
from concord.vault import environment

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent

CONCORD_DATA = Path(os.environ.get("CONCORD_DATA", CHECKOUT / "data")).resolve()
"""The data folder: database and media. Backups hold it; the key file must lie outside it."""
CONCORD_KEY_FILE = Path(os.environ.get("CONCORD_KEY_FILE", CHECKOUT / "keys" / "concord.key"))
CONCORD_HOST_NAME = os.environ.get("CONCORD_HOST_NAME", "The host")
CONCORD_TEAM_NAME = os.environ.get("CONCORD_TEAM_NAME", "The care team")
CONCORD_POLICY_ADDRESS = os.environ.get("CONCORD_POLICY_ADDRESS", "")
CONCORD_REPORT_ADDRESS = os.environ.get("CONCORD_REPORT_ADDRESS", "")
CONCORD_AUDITOR_ADDRESS = os.environ.get("CONCORD_AUDITOR_ADDRESS", "")
"""Of somebody outside, who gets the ledger's head once a day: the day, a number, a digest."""
CONCORD_PUBLIC = os.environ.get("CONCORD_PUBLIC", "http://localhost:8000")
CONCORD_DESK = os.environ.get("CONCORD_DESK", "http://desk.localhost:8000")
CONCORD_THREADS = int(os.environ.get("CONCORD_THREADS", "8"))
CONCORD_DEMO = False
CONCORD_POST_LENGTH = 4_000
"""Characters in one post; longer ones are refused in words and nothing typed is lost."""
CONCORD_SCREEN_REGION = os.environ.get("CONCORD_SCREEN_REGION", "").upper()
"""Two letters of the country whose telephone numbers are written without a country; empty for none."""
CONCORD_SCREEN_BESIDE = True
CONCORD_SCREEN_BUDGET = int(os.environ.get("CONCORD_SCREEN_BUDGET") or "20")
"""Items of screening put before one person in an hour; threats to somebody's life come besides."""
CONCORD_REPORT_FILES = 50
CONCORD_REPORT_FILE_BYTES = 25 * 1024 * 1024
CONCORD_REPORT_ALL_BYTES = 100 * 1024 * 1024
"""Files with one report: how many, how large each, and all together. The front takes 110 MB at once."""
CONCORD_GUIDELINES_HOURS = int(os.environ.get("CONCORD_GUIDELINES_HOURS") or "24")
"""Before a session starts: from then on everyone registered is sent its guidelines."""
CONCORD_KEEP_ADDRESSES_DAYS = int(os.environ.get("CONCORD_KEEP_ADDRESSES_DAYS") or "30")
"""After an event ended: names shown, acknowledgements, and mailboxes that nothing else needs are erased."""
CONCORD_KEEP_POSTS_DAYS = int(os.environ.get("CONCORD_KEEP_POSTS_DAYS") or "90")
"""After an event ended: what was written in its rooms is erased."""
CONCORD_KEEP_CASES_MONTHS = int(os.environ.get("CONCORD_KEEP_CASES_MONTHS") or "12")
"""After closing, or after the end of what was decided: what a case holds is erased."""
CONCORD_REVIEW_DAYS = int(os.environ.get("CONCORD_REVIEW_DAYS") or "30")
"""After a decision: so long somebody can ask us to look again. What comes later is read and answered as well."""
CONCORD_KEEP_CODES_DAYS = int(os.environ.get("CONCORD_KEEP_CODES_DAYS") or "92")
"""After its last use: a code opens its private page no more, and what lay there is erased."""


def _rising(name: str, default: str) -> list[int]:
    """Three whole numbers, each larger than the last; the default for anything else, which `concord check` names."""
    try:
        numbers = [int(one) for one in os.environ.get(name, "").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 3 and 0 < numbers[0] < numbers[1] < numbers[2]:
        return numbers
    return [int(one) for one in default.split(",")]


CONCORD_RINGS_LIVE_MINUTES = _rising("CONCORD_RINGS_LIVE_MINUTES", "2,5,10")
CONCORD_RINGS_HOURS = _rising("CONCORD_RINGS_HOURS", "8,16,24")
"""After a proposal: when more people are asked for a second yes, while an event runs and otherwise."""
CONCORD_HANDOVER_LIVE_MINUTES = int(os.environ.get("CONCORD_HANDOVER_LIVE_MINUTES", "10"))
"""While an event runs: how long a coordinator is silent, or an ask to take a case open, until others are asked."""
CONCORD_HANDOVER_DAYS = max(1, int(os.environ.get("CONCORD_HANDOVER_DAYS") or "1"))
"""The same in days, otherwise."""
CONCORD_UNTOUCHED_DAYS = max(1, int(os.environ.get("CONCORD_UNTOUCHED_DAYS") or "3"))
"""After something was done, or left as it is: how long nobody touches a case until its people are called."""
CONCORD_CALL_AGAIN_MINUTES = max(1, int(os.environ.get("CONCORD_CALL_AGAIN_MINUTES") or "5"))
CONCORD_CALL_AGAIN_TIMES = max(0, int(os.environ.get("CONCORD_CALL_AGAIN_TIMES") or "6"))
"""While an event runs: after how long what nobody takes up calls again, and how often at most."""
CONCORD_SHIFT_HOURS = max(1, int(os.environ.get("CONCORD_SHIFT_HOURS") or "4"))
CONCORD_SHIFT_OVERLAP_MINUTES = max(0, int(os.environ.get("CONCORD_SHIFT_OVERLAP_MINUTES") or "30"))
"""How long a desk stays unlocked at most, and how much longer for handing over: then everybody signs in again."""
CONCORD_LOCK_MINUTES = max(1, int(os.environ.get("CONCORD_LOCK_MINUTES") or "10"))
"""Without anybody at it for so long a desk locks itself; there is no desk that never does."""
CONCORD_WEBHOOK_URL = os.environ.get("CONCORD_WEBHOOK_URL", "")
"""Where a notice without contents goes besides, such as a gateway for text messages; https, or this machine."""
CONCORD_WEBHOOK_SECRET_FILE = os.environ.get("CONCORD_WEBHOOK_SECRET_FILE", "")
"""A file that only we can read: at least 32 characters, with which each such notice is signed."""
CONCORD_PUSH_HOSTS = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
]
"""The browsers' own notice services, and hosts beneath them. Nothing else a browser names is ever written to."""
CONCORD_STRANGER_SECONDS = 5
"""How long one such service may take for one notice, all in all."""


def _host_of(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]


DEBUG = False
ALLOWED_HOSTS = [_host_of(CONCORD_PUBLIC), _host_of(CONCORD_DESK)]
CONCORD_DESK_HOSTS = [_host_of(CONCORD_DESK)]
ROOT_URLCONF = "concord.site.urls_public"
CONCORD_DESK_URLCONF = "concord.site.urls_desk"
CSRF_TRUSTED_ORIGINS = [CONCORD_PUBLIC, CONCORD_DESK]

INSTALLED_APPS = [
    "concord.site",
    "concord.desk",
    "concord.improvement",
    "concord.evasion",
    "concord.retaliation",
    "concord.actions",
    "concord.concurrence",
    "concord.survivors",
    "concord.cases",
    "concord.reports",
    "concord.monitoring",
    "concord.spaces",
    "concord.convenings",
    "concord.policy",
    "concord.access",
    "concord.people",
    "concord.live",
    "concord.letters",
    "concord.letterbox",
    "concord.vault",
    "concord.names",
    "concord.outbox",
    "concord.ledger",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
]

MIDDLEWARE = [
    "concord.site.middleware.Padding",
    "concord.site.middleware.Hosts",
    "concord.site.language.LanguageInPath",
    "concord.site.middleware.Headers",
    "concord.site.middleware.Compression",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "concord.site.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "concord.vault.session.VaultMiddleware",
    "concord.site.middleware.Moment",
    "concord.people.from_elsewhere.FromElsewhereMiddleware",
    "concord.people.locked.PresenceMiddleware",
    "concord.people.second_factor.SecondFactorMiddleware",
    "concord.people.first_passphrase.FirstPassphraseMiddleware",
    "concord.people.first_pledge.FirstPledgeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "concord.improvement.drill_door.DrillMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "concord.site.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {
    "default": database_of(
        os.environ.get("DATABASE_URL") or f"sqlite:///{CONCORD_DATA / 'concord.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a deferred transaction that reads and then writes loses to "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        # FULL everywhere: a report or a decision that was answered survives a power cut.
        # secure_delete: what is erased is written over.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;",
    }
    # Each thread keeps its own: the last to be closed would write the whole log into the file, at each request.
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    # A connection that died with a restart of the database is not handed to somebody's request.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # While none can be had, a request is told so soon: each that waits holds a thread.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": CONCORD_THREADS + 4,
        "timeout": 5,
        # Then whoever asks tries anew; the pool's own pauses would grow as long as the database was away.
        "reconnect_timeout": 4,
    }

REDIS_URL = os.environ.get("REDIS_URL", "")

AUTH_USER_MODEL = "people.Login"
AUTHENTICATION_BACKENDS = ["concord.people.passphrase.PassphraseBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS: list[str] = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish")), ("ar", _("Arabic"))]
LOCALE_PATHS = [CHECKOUT / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = CONCORD_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = CONCORD_DATA / "media"
WHITENOISE_USE_FINDERS = False

SESSION_ENGINE = "concord.site.sessions"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if CONCORD_PUBLIC.startswith("https://"):
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 30_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000
# Django's own handlers write files to a temporary folder, plain.
FILE_UPLOAD_HANDLERS = [
    "concord.convenings.small_file.SmallFileHandler",
    "concord.reports.uploads.SealingHandler",
]

ACCOUNT_ADAPTER = "concord.people.adapters.AccountAdapter"
MFA_ADAPTER = "concord.people.adapters.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "concord.people.forms.DeskSignInForm"}
ACCOUNT_LOGIN_TIMEOUT = 300  # as long as a keyring waits for the second factor
# By what is guessed at, never by address: offices and carriers share them.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "authenticate_webauthn": "concord.people.passkey_forms.ShowPasskeyForm",
    "reauthenticate_webauthn": "concord.people.passkey_forms.ShowPasskeyAgainForm",
    "add_webauthn": "concord.people.passkey_forms.MakePasskeyForm",
    "edit_webauthn": "concord.people.passkey_forms.NamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "Concord"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("CONCORD_MAIL_FROM") or CONCORD_REPORT_ADDRESS
EMAIL_HOST = os.environ.get("CONCORD_MAIL_HOST") or "localhost"
EMAIL_PORT = int(os.environ.get("CONCORD_MAIL_PORT") or "25")
EMAIL_HOST_USER = os.environ.get("CONCORD_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CONCORD_MAIL_PASSWORD", "")
CONCORD_MAIL_SECURITY = os.environ.get("CONCORD_MAIL_SECURITY", "")
"""How letters travel to the mail server: "starttls" (port 587), "tls" (port 465), or "" for this machine."""
EMAIL_USE_TLS = CONCORD_MAIL_SECURITY == "starttls"
EMAIL_USE_SSL = CONCORD_MAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "concord.site.logs.AllowedFields"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {"concord": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}

# Without a key file only `concord check` and `concord setup` are of use; `serve` refuses to start.
SECRET_KEY = (
    environment.derive(CONCORD_KEY_FILE, "django").hex()
    if CONCORD_KEY_FILE.exists()
    else secrets.token_hex(32)
)
