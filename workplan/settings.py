"""One settings file; whatever differs by place comes from the environment (.env.example explains each variable)."""

import os
import secrets
from datetime import date
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """Return an environment variable; stop with a hint when it is missing."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name}. The file .env.example explains each variable.")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated environment variable as a list without blanks."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def local_secret_key(folder: Path) -> str:
    """Return this laptop's own key, made at the first start; production must name its key."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(50))
        path.chmod(0o600)
    return path.read_text().strip()


# Place -----------------------------------------------------------------------------------------

#: "local" is a laptop or a test run (demo accounts, embedded database); "production" is everything else.
ENVIRONMENT = env("WORKPLAN_ENV", "production" if os.environ.get("DATABASE_URL") else "local")
if ENVIRONMENT not in {"local", "production"}:
    raise ImproperlyConfigured("WORKPLAN_ENV is “local” or “production”. See .env.example.")
LOCAL = ENVIRONMENT == "local"

VAR_DIR = Path(env("WORKPLAN_VAR", str(BASE_DIR / "var")))
DEBUG = env("WORKPLAN_DEBUG", "0") == "1"
SECRET_KEY = local_secret_key(VAR_DIR) if LOCAL else env("WORKPLAN_SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("WORKPLAN_SECRET_KEY_FALLBACKS")
#: Signs audit entries; kept apart from SECRET_KEY so that rotating one does not orphan the other.
AUDIT_KEY = env("WORKPLAN_AUDIT_KEY", SECRET_KEY if LOCAL else None)
ALLOWED_HOSTS = env_list("WORKPLAN_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = env_list("WORKPLAN_CSRF_TRUSTED_ORIGINS")

#: The business date (Asia/Shanghai). Empty means today; the demonstration stands on 12 October 2007.
_today = env("WORKPLAN_TODAY", "2007-10-12" if LOCAL else "")
BUSINESS_DATE = date.fromisoformat(_today) if _today else None
DEMO_PASSWORD = env("WORKPLAN_DEMO_PASSWORD", "workplan-demo")
#: Whom people call when they are stuck: on receipts and on the page of a fault. Empty: nobody is named.
SUPPORT_CONTACT = env("WORKPLAN_SUPPORT_CONTACT", "")

# Database --------------------------------------------------------------------------------------


def database_url() -> str:
    """Return DATABASE_URL, or on a laptop start (or join) the embedded PostgreSQL and return its address."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    if not LOCAL:
        return env("DATABASE_URL")
    from workplan.lib import embedded_postgres  # noqa: PLC0415 -- a development dependency

    return embedded_postgres.database_url(VAR_DIR / "postgres")


DATABASES = {"default": dj_database_url.parse(database_url(), conn_max_age=60, conn_health_checks=True)}
#: Every trigger reads the setting; unset, that is an error it catches, and undoing is slow in long transactions.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c pgtrigger.ignore={}")
#: How long one statement of a page may run, and wait for a lock; commands, migrations and workers have no limit.
WEB_STATEMENT_SECONDS = int(env("WORKPLAN_WEB_STATEMENT_SECONDS", "60"))
WEB_LOCK_SECONDS = int(env("WORKPLAN_WEB_LOCK_SECONDS", "15"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "workplan_cache"}}

# Application -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "workplan",
    "reporting",
    "submissions",
    "targets",
    "notices",
    "accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "knox",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "workplan.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "workplan.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workplan.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.PasswordChangeMiddleware",
    "accounts.middleware.WallDisplayMiddleware",
    "workplan.middleware.ReadableAddressMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "workplan.urls"
WSGI_APPLICATION = "workplan.wsgi.application"
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
                "workplan.context.portal",
            ],
            "builtins": ["workplan.templatetags.figures", "django.templatetags.i18n"],
        },
    },
]

# People ----------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.validators.ThreeOfFourClassesValidator"},
    {"NAME": "accounts.validators.AnotherThanNowValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login": False}  # failed passwords are counted by axes alone
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "accounts.adapter.SealingMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Workplan"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a stranger's failures must not lock the bureau out
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the time to retry that was shown stays true
AXES_CLIENT_IP_CALLABLE = "accounts.adapter.client_address"
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit trail
SESSION_COOKIE_AGE = 12 * 60 * 60
#: Where wall displays stand, and how long one stays signed in; without an address none is let in.
KIOSK_ADDRESSES = env_list("WORKPLAN_KIOSK_ADDRESSES", "127.0.0.0/8,::1/128" if LOCAL else "")
KIOSK_SESSION_AGE = 30 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Transport and headers -------------------------------------------------------------------------

if not LOCAL:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
#: A month's grid in one plain form is wider than Django's default of 1,000 fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
#: The form has one place for a file at each milestone; browsers send the empty ones along.
DATA_UPLOAD_MAX_NUMBER_FILES = 500
#: Of a file longer than anything the portal takes the rest is read past, never kept; above every limit below.
UPLOAD_CEILING_BYTES = 62_000_000
FILE_UPLOAD_HANDLERS = [
    "workplan.lib.uploads.CeilingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Import ----------------------------------------------------------------------------------------

#: What one import may hold: it is read, planned and written while its sender waits.
IMPORT_JSON_BYTES = 2_500_000
IMPORT_XLSX_BYTES = 2_500_000
IMPORT_CSV_BYTES = 2_500_000
IMPORT_ROWS = 20_000
#: What is larger becomes a job in the background, up to these.
#: 3,000 counties, 30 indicators and 12 months are 1.08 million rows, some 50 MB of CSV (X-35).
IMPORT_JOB_BYTES = 60_000_000
IMPORT_JOB_ROWS = 1_200_000
IMPORT_JOB_CELLS = 1_100_000
IMPORT_JOB_UNPACKED_BYTES = 200_000_000

# Evidence --------------------------------------------------------------------------------------

#: Evidence files are kept here and nowhere under an address; only the download page reads them.
FILES_DIR = Path(env("WORKPLAN_FILES", str(VAR_DIR / "files")))
#: A virus scanner, called with the path of one file: exit 0 is clean, 1 is not. Empty: the built-in checks alone.
SCAN_COMMAND = env("WORKPLAN_SCAN_COMMAND", "")
#: The ministry's own Word template of the circular; empty for the built one.
CIRCULAR_TEMPLATE = env("WORKPLAN_CIRCULAR_TEMPLATE", "")
SCAN_SECONDS = 30
EVIDENCE_FILE_BYTES = 10_000_000
EVIDENCE_FILES_PER_MILESTONE = 10
#: What one unit may keep in one plan year.
EVIDENCE_UNIT_BYTES = 300_000_000

# Backups ---------------------------------------------------------------------------------------

#: Backups are sealed with it; empty: they are not. Kept apart from the backups, and not by the same person.
BACKUP_KEY = env("WORKPLAN_BACKUP_KEY", "")

# Mail ------------------------------------------------------------------------------------------

#: "smtp" sends, "console" prints (to try it out), "none" writes no mail at all.
MAIL = env("WORKPLAN_MAIL", "none")
_MAIL_BACKENDS = {"smtp": "smtp", "console": "console", "none": "dummy"}
if MAIL not in _MAIL_BACKENDS:
    raise ImproperlyConfigured("WORKPLAN_MAIL is “smtp”, “console” or “none”. See .env.example.")
MAIL_ON = MAIL != "none"
EMAIL_BACKEND = f"django.core.mail.backends.{_MAIL_BACKENDS[MAIL]}.EmailBackend"
EMAIL_HOST = env("WORKPLAN_MAIL_HOST", "localhost")
EMAIL_PORT = int(env("WORKPLAN_MAIL_PORT", "587"))
EMAIL_HOST_USER = env("WORKPLAN_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env("WORKPLAN_MAIL_PASSWORD", "")
#: "starttls" (usually port 587), "tls" (465), or "none" for a gateway on this very machine.
MAIL_SECURITY = env("WORKPLAN_MAIL_SECURITY", "starttls")
EMAIL_USE_TLS = MAIL_SECURITY == "starttls"
EMAIL_USE_SSL = MAIL_SECURITY == "tls"
#: One answer of the gateway; a whole mail takes a few of them.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("WORKPLAN_MAIL_FROM", "workplan@localhost")
#: The hour (Asia/Shanghai) from which each day's digest is written.
MAIL_DIGEST_HOUR = int(env("WORKPLAN_MAIL_DIGEST_HOUR", "8"))
#: The portal's own address, which links in mails begin with.
PORTAL_URL = env("WORKPLAN_PORTAL_URL", "http://127.0.0.1:8000")

# Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Static files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "workplan.lib.static_finders.WantedFilesFinder",
]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "workplan.lib.static_storage.StaticStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"

# REST ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "SCHEMA_COERCE_PATH_PK": False,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["workplan.lib.rest.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "workplan.lib.rest.Pagination",
    "DEFAULT_SCHEMA_CLASS": "workplan.lib.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "workplan.lib.problems.handle",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_RATES": {"tokens": "20/min"},
    "NUM_PROXIES": int(env("WORKPLAN_NUM_PROXIES", "0")),
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_MODEL": "accounts.ApiToken", "TOKEN_TTL": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 -- a model, not a secret
SPECTACULAR_SETTINGS = {
    "TITLE": "Workplan",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "UnitKind": "accounts.models.UnitKind",
        "IndicatorKind": "targets.models.Kind",
        "ImportJobStatus": "submissions.import_serializers.JOB_STATES",
        "ReportStatus": "submissions.serializers.REPORT_STATUSES",
        "FigureState": "submissions.serializers.FIGURE_STATES",
        "Release": "submissions.serializers.RELEASES",
        "StoredRelease": "submissions.models.Release",
        "EvidenceState": "submissions.serializers.EVIDENCE_STATES",
        "MilestoneProgress": "submissions.serializers.MILESTONE_STATES",
        "ProgressStatus": "reporting.serializers.PROGRESS_STATUSES",
        "AssessmentState": "reporting.assessment.serializers.STATES",
        "SavedViewKind": "reporting.saved.serializers.KINDS_OF_VIEW",
        "ExportFormat": "reporting.saved.models.FileFormat",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}
IMPORT_EXPORT_USE_TRANSACTIONS = True

# Logs ------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "workplan.lib.logs.RequestIdFilter"}},
    "formatters": {
        "json": {"()": "workplan.lib.logs.JsonFormatter"},
        "plain": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": "plain" if LOCAL else "json",
        }
    },
    "root": {"handlers": ["console"], "level": env("WORKPLAN_LOG_LEVEL", "WARNING" if LOCAL else "INFO")},
}
