"""All settings. A difference between two places is an environment variable; `.env.example` lists every one.

Secrets have no default: a missing one stops the start with a sentence.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from badgecert.core.log_lines import hide_tokens

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("BADGECERT_ENV_FILE", default=str(BASE_DIR / ".env")), overwrite=False)


def required(name: str, what_to_do: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        msg = f"{name} is not set. {what_to_do}"
        raise ImproperlyConfigured(msg)
    return value


# --- the place -----------------------------------------------------------------------------------

# Where everything lives that is not in the database: queue, cache, static files, mailbox.
VAR = Path(env.str("BADGECERT_VAR", default=str(BASE_DIR / "var")))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", "Put a long random text there; scripts/dev.sh run writes one into .env.")

# Every link, credential id and QR code starts with this; it must not change once badges are issued.
BASE_URL = required(
    "BASE_URL", "Give the address people reach this site at, such as https://badges.example.org"
).rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname or _base.path:
    msg = f"BASE_URL must be http(s)://host[:port] without a path, not {BASE_URL!r}."
    raise ImproperlyConfigured(msg)
BASE_IS_LOOPBACK = _base.hostname in {"127.0.0.1", "localhost", "::1"}

# A demonstration: its mailbox can be read by anybody who reaches the site, hence on loopback only.
DEMO = env.bool("DEMO", default=False)
if DEMO and not BASE_IS_LOOPBACK:
    msg = "DEMO=true shows all mail at /mailbox/ and works only with a BASE_URL on 127.0.0.1 or localhost."
    raise ImproperlyConfigured(msg)

SITE_NAME = env.str("SITE_NAME", default="BadgeCert")
OPERATOR_NAME = env.str("OPERATOR_NAME", default="")
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")

ALLOWED_HOSTS = [_base.hostname, *env.list("EXTRA_HOSTS", default=[])]
if "*" in ALLOWED_HOSTS:
    msg = "EXTRA_HOSTS must name its hosts; * would let anybody choose the address in our links."
    raise ImproperlyConfigured(msg)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- data ----------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'badgecert.sqlite3'}")}
# django-environ leaves the quoted path of a Unix socket as it stands.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"].get("HOST") or "")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Take the write lock at the start: two writers then wait instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["ENGINE"] = "badgecert.core.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Planning what the public page asks takes twenty times as long as answering it. A pooler that gives each
    # transaction another connection and forgets what was prepared needs this off.
    if env.bool("DATABASE_PREPARES", default=True):
        DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 2}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
    # A door-bell must never hold up the person who rings it: give up quickly, the sweep finds the rows.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "max_retries": 1,
        # Without these it sleeps two seconds between its two tries.
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR / "cache"),
            # The default of 300 would forget what counts failed log-ins after one busy hour.
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }
    _queue = VAR / "queue"
    for _folder in ("messages", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "files://localhost"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.2,
    }

# Public pages, each under what it was made from (certificates.views.answers). One takes about 30 kB.
CACHES["answers"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "answers",
    # Long enough for a badge that many look at, short enough for a new release to show.
    "TIMEOUT": 300,
    "OPTIONS": {"MAX_ENTRIES": 300},
}

CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
SWEEP_SECONDS = env.int("SWEEP_SECONDS", default=5)
REMINDER_SWEEP_SECONDS = env.int("REMINDER_SWEEP_SECONDS", default=60)
# What is counted of looks at public pages is written so many seconds later.
ACTIVITY_SECONDS = env.int("ACTIVITY_SECONDS", default=15)
CELERY_BEAT_SCHEDULE = {
    "answer-password-requests": {
        "task": "badgecert.accounts.tasks.answer_password_requests_task",
        "schedule": SWEEP_SECONDS,
    },
    "forget-old-account-rows": {"task": "badgecert.accounts.tasks.forget_old_rows_task", "schedule": 3600},
    "make-data-exports": {"task": "earners.tasks.make_exports_task", "schedule": SWEEP_SECONDS},
    "forget-old-data-exports": {"task": "earners.tasks.forget_old_exports_task", "schedule": 3600},
    "check-waiting-files": {"task": "badges.tasks.check_waiting_files_task", "schedule": SWEEP_SECONDS},
    "issue-due-batches": {"task": "badges.tasks.issue_due_batches_task", "schedule": SWEEP_SECONDS},
    "apply-approved-proposals": {"task": "badges.tasks.apply_approved_proposals_task", "schedule": SWEEP_SECONDS},
    "deliver-due-messages": {"task": "notifications.tasks.deliver_due_messages_task", "schedule": SWEEP_SECONDS},
    "count-figures": {"task": "badgecert.tasks.count_figures_task", "schedule": 60},
    "make-certificate-exports": {"task": "certificates.tasks.make_exports_task", "schedule": SWEEP_SECONDS},
    "ask-domains-again": {"task": "certificates.tasks.ask_domains_again_task", "schedule": 3600},
    "sequence-log-entries": {"task": "certificates.tasks.sequence_entries_task", "schedule": SWEEP_SECONDS},
    "queue-due-reminders": {
        "task": "notifications.tasks.queue_due_reminders_task",
        "schedule": REMINDER_SWEEP_SECONDS,
    },
    "queue-due-expiry-mails": {
        "task": "notifications.tasks.queue_due_expiry_mails_task",
        "schedule": REMINDER_SWEEP_SECONDS,
    },
}

# --- applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "badgecert.core",
    "badgecert.accounts",
    "issuers",
    "badges",
    "certificates",
    "earners",
    "notifications",
    "badgecert.apps.BadgeCertConfig",
    "badgecert.apps.BadgeCertAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "badgecert.core.middleware.PrivateByDefaultMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "badgecert.core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "badgecert.accounts.middleware.ChoosePasswordMiddleware",
    "badgecert.core.middleware.LoginRequiredMiddleware",
    "badgecert.accounts.middleware.LanguageAndTimeZoneMiddleware",
]

ROOT_URLCONF = "badgecert.urls"
WSGI_APPLICATION = "badgecert.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "badgecert.core.context_processors.site",
                "earners.context_processors.me",
            ],
        },
    }
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "BadgeCert",
    "DESCRIPTION": "What other programs may ask: whether a badge is genuine.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- people --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "issuers.password_validation.OrganisationNameValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "earners:portfolio"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "badgecert.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "badgecert.accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Phones' clocks are seconds off: the code before and the one after are good, too.
MFA_TOTP_TOLERANCE = 1
# Whoever is logged in has shown that an address is theirs; another one that waits to be confirmed takes nothing away.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "badgecert.accounts.mfa_forms.SecondStepForm",
    "reauthenticate": "badgecert.accounts.mfa_forms.CodeAgainForm",
    "activate_totp": "badgecert.accounts.mfa_forms.AddAppForm",
    "add_webauthn": "badgecert.accounts.mfa_forms.AddPasskeyForm",
}
# Ten failures lock an account (our own counter); this brake only slows one machine down.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip"}
FAILED_LOGINS_BEFORE_LOCK = env.int("FAILED_LOGINS_BEFORE_LOCK", default=10)
TEMPORARY_PASSWORD_ISSUANCE_DAYS = env.int("TEMPORARY_PASSWORD_ISSUANCE_DAYS", default=14)
TEMPORARY_PASSWORD_REQUEST_HOURS = env.int("TEMPORARY_PASSWORD_REQUEST_HOURS", default=24)
PASSWORD_REQUESTS_PER_HOUR = env.int("PASSWORD_REQUESTS_PER_HOUR", default=3)
# Of one network, over all accounts and addresses: one machine must not lock many people, nor fill their mailboxes.
FAILED_LOGINS_PER_NETWORK_HOUR = env.int("FAILED_LOGINS_PER_NETWORK_HOUR", default=20)
PASSWORD_REQUESTS_PER_NETWORK_HOUR = env.int("PASSWORD_REQUESTS_PER_NETWORK_HOUR", default=20)
# So long a browser in which somebody logged in is not taken for a stranger's.
KNOWN_BROWSER_DAYS = env.int("KNOWN_BROWSER_DAYS", default=180)

# --- mail ----------------------------------------------------------------------------------------

if DEMO:
    EMAIL_BACKEND = "notifications.mailbox.EmailBackend"
else:
    EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = str(VAR / "mailbox")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
# Django's own default is to wait for ever.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=60)
MAIL_FROM_ADDRESS = env.str(
    "MAIL_FROM_ADDRESS", default=f"badges@{_base.hostname if not BASE_IS_LOOPBACK else 'badgecert.example'}"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM_ADDRESS
# For an EMAIL_BACKEND of django-anymail, every variable that begins like its settings, such as ANYMAIL_MAILGUN_API_KEY.
ANYMAIL = {
    "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
    # Such as the metadata by which we know a mail again: without it we know it by other means.
    "IGNORE_UNSUPPORTED_FEATURES": True,
    **{name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")},
    # USER:PASSWORD that the provider's webhooks must give. Without it what bounces is not heard.
    "WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET", default=""),
}
# A worker that took a message and fell silent for this long has lost it to the next one. Longer than EMAIL_TIMEOUT.
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", default=900)
MAIL_BACKOFF_MINUTES = env.list("MAIL_BACKOFF_MINUTES", cast=float, default=[1, 5, 15, 60, 240])
MAIL_GIVE_UP_HOURS = env.int("MAIL_GIVE_UP_HOURS", default=72)
# A worker sends for so long, then it does something else; at a deployment it is given so long to finish.
MAIL_DRAIN_SECONDS = env.int("MAIL_DRAIN_SECONDS", default=30)
# So many workers send at once, over all machines: a mail server that hangs holds no more of them.
MAIL_DRAINS = env.int("MAIL_DRAINS", default=2)
# 0: as many as there are. Nobody who asked for a new password waits for either.
MAIL_PER_MINUTE_AND_ISSUER = env.int("MAIL_PER_MINUTE_AND_ISSUER", default=1200)
MAIL_PER_MINUTE_AND_DOMAIN = env.int("MAIL_PER_MINUTE_AND_DOMAIN", default=1200)
# A Maildir into which the mail server puts a copy of each mail of ours: asked before one goes a second time.
MAIL_JOURNAL = env.str("MAIL_JOURNAL", default="")
if MAIL_LEASE_SECONDS <= EMAIL_TIMEOUT:
    msg = "MAIL_LEASE_SECONDS must be longer than EMAIL_TIMEOUT, or a slow mail server makes us send twice."
    raise ImproperlyConfigured(msg)

# Seals message bodies and temporary passwords at rest. Without it the site serves and refuses to issue.
# Several keys, newest first, separated by commas: the first seals, all of them open.
SEALING_KEYS = env.list("SEALING_KEYS", default=[])

# --- watching ------------------------------------------------------------------------------------

# What makes /health/ready answer 503: a message due for so long, one that a silent worker left for so long, a loop or
# scheduled task that ran once and has been silent for so long.
HEALTH_LATE_SECONDS = env.int("HEALTH_LATE_SECONDS", default=600)
HEALTH_LOST_SECONDS = env.int("HEALTH_LOST_SECONDS", default=60)
HEALTH_SILENT_SECONDS = env.int("HEALTH_SILENT_SECONDS", default=180)
# The bearer token that /metrics asks for. Without it only this machine may ask.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- limits --------------------------------------------------------------------------------------

BATCH_ROWS_LIMIT = env.int("BATCH_ROWS_LIMIT", default=100_000)
BATCH_BYTES_LIMIT = env.int("BATCH_BYTES_LIMIT", default=20_000_000)
# A worker that took a file to check and fell silent for so long has lost it to the next one.
BATCH_LEASE_SECONDS = env.int("BATCH_LEASE_SECONDS", default=60)
UPLOAD_BYTES_LIMIT = env.int("UPLOAD_BYTES_LIMIT", default=5_000_000)
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_LIMIT
CODE_MISSES_PER_MINUTE = env.int("CODE_MISSES_PER_MINUTE", default=30)
VERIFICATIONS_PER_MINUTE = env.int("VERIFICATIONS_PER_MINUTE", default=30)
# Questions on the help page, from one network and to one organisation.
QUESTIONS_PER_NETWORK_HOUR = env.int("QUESTIONS_PER_NETWORK_HOUR", default=5)
QUESTIONS_PER_ISSUER_HOUR = env.int("QUESTIONS_PER_ISSUER_HOUR", default=100)
# Pictures of badges and signatures, by one person and kept by one organisation; they stay for ever.
PICTURES_PER_MINUTE = env.int("PICTURES_PER_MINUTE", default=20)
PICTURES_PER_ISSUER = env.int("PICTURES_PER_ISSUER", default=2000)
# Mails that staff send to themselves.
TRIAL_MAILS_PER_DAY = env.int("TRIAL_MAILS_PER_DAY", default=20)
BATCH_CHECKS_PER_MINUTE = env.int("BATCH_CHECKS_PER_MINUTE", default=6)
# For so long somebody can fetch the file with all that is held about them.
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)

# --- certificates --------------------------------------------------------------------------------

# PDFs are made in processes of their own. So many at once for each web server process and worker process; every one
# takes 120 MB while it lives, and one that is asked for nothing ends after ten minutes.
PDF_PROCESSES = env.int("PDF_PROCESSES", default=1)
# What one PDF may cost before its process is ended: seconds by the clock, seconds of the processor, memory.
PDF_SECONDS = env.int("PDF_SECONDS", default=30)
PDF_CPU_SECONDS = env.int("PDF_CPU_SECONDS", default=20)
PDF_MEMORY_MB = env.int("PDF_MEMORY_MB", default=1000)

# --- other platforms' badges ---------------------------------------------------------------------

# Keys, status lists and hosted badges of others are asked for while somebody checks a badge. Ours never need it.
FETCH_FOREIGN_BADGES = env.bool("FETCH_FOREIGN_BADGES", default=False)
# Issuers of other platforms that the operator vouches for; docs/operations.md shows the form.
PINNED_ISSUERS_FILE = env.str("PINNED_ISSUERS_FILE", default="")

# --- language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- static files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "badgecert.core.staticfiles.AssembledFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# --- security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
_https = _base.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
# Supervisors on this machine ask without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "badgecert.accounts.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
if env.bool("BEHIND_TLS_PROXY", default=False):
    # Only a front server that always sets this header itself may be trusted with it.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- logs ----------------------------------------------------------------------------------------

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
                hide_tokens,
            ],
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
