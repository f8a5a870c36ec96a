"""All settings, from the environment; docs/settings.md lists the variables.

What must be there and is not fails loudly: without root keys there is no SECRET_KEY, and Django stops.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

from bmproject import filebroker
from procedures.core.derivation import derive, parse_root_keys

django_stubs_ext.monkeypatch()

BASE_DIR: Final = Path(__file__).resolve().parent.parent
# Each variable may instead be named `…_FILE`, and then names a file that holds it: secrets of containers are such.
env = environ.FileAwareEnv()

DEBUG = env.bool("BEDSIDE_DEBUG", default=False)
# Demo people with known passwords, and a way in that asks for none. Never beside real patients.
BEDSIDE_DEMO = env.bool("BEDSIDE_DEMO", default=False)
if BEDSIDE_DEMO and not DEBUG:
    raise ImproperlyConfigured("BEDSIDE_DEMO needs BEDSIDE_DEBUG: demo people have known passwords.")

# What the running system writes: the SQLite database, root keys made on first run, the file broker.
VAR_DIR = Path(env.str("BEDSIDE_VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# --- secrets: everything derives from the root keys (procedures/keys.py) ---

BEDSIDE_ROOT_KEYS_FILE = Path(os.environ.get("BEDSIDE_ROOT_KEYS_FILE", VAR_DIR / "root-keys"))
BEDSIDE_ROOT_KEYS = os.environ.get("BEDSIDE_ROOT_KEYS", "") or (
    BEDSIDE_ROOT_KEYS_FILE.read_text().strip() if BEDSIDE_ROOT_KEYS_FILE.exists() else ""
)
_root_secrets = list(parse_root_keys(BEDSIDE_ROOT_KEYS).values()) if BEDSIDE_ROOT_KEYS else []
_django_secrets = [derive(secret, b"bedside/1 django").hex() for secret in reversed(_root_secrets)]
SECRET_KEY = _django_secrets[0] if _django_secrets else ""
SECRET_KEY_FALLBACKS = _django_secrets[1:]

# --- web ---

_THIS_MACHINE: Final = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("BEDSIDE_ALLOWED_HOSTS", default=_THIS_MACHINE if DEBUG else [])
BEHIND_PROXY = env.bool("BEDSIDE_BEHIND_PROXY", default=False)
if BEDSIDE_DEMO and (BEHIND_PROXY or not set(ALLOWED_HOSTS) <= set(_THIS_MACHINE)):
    raise ImproperlyConfigured(
        "BEDSIDE_DEMO is for this machine alone: BEDSIDE_ALLOWED_HOSTS may name no other, and there may be no proxy."
    )
# Where set, the admin is there alone and nothing else is; tablets are then told the other address.
BEDSIDE_ADMIN_HOST = env.str("BEDSIDE_ADMIN_HOST", default="")
BEDSIDE_TABLET_ADDRESS = env.str("BEDSIDE_TABLET_ADDRESS", default="")
if BEDSIDE_ADMIN_HOST and not BEDSIDE_TABLET_ADDRESS:
    raise ImproperlyConfigured("BEDSIDE_ADMIN_HOST needs BEDSIDE_TABLET_ADDRESS: tablet codes are shown with it.")
CSRF_TRUSTED_ORIGINS = env.list("BEDSIDE_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "bmproject.urls"
WSGI_APPLICATION = "bmproject.wsgi.application"

INSTALLED_APPS = [
    "procedures",
    "api",
    "frontend",
    "pwa",
    "rest_framework",
    "axes",
    "drf_spectacular",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bmproject.hosts.admin_apart",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bmproject.headers.admins_trusted_types",
    "bmproject.headers.permissions_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- security ---

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        # Text becomes HTML or a script's address by these policies alone: Svelte's templates, frontend/src/trusted.ts.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["svelte-trusted-html", "bedside"],
    }
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("BEDSIDE_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# A phase of two hundred questions is one form, of seven fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

AUTH_USER_MODEL = "procedures.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# By name and sender together: nobody can keep a colleague out by guessing at their name from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "bmproject.hosts.sender"
AXES_LOCKOUT_TEMPLATE = "procedures/admin/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- data ---


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock at BEGIN, which stands in for the row lock that SQLite has not.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": _database(env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'bedside.sqlite3'}"))}
# Where set, this role owns the tables, migrates and erases; the one above can only append to the journal.
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = _database(env.str("DATABASE_OWNER_URL"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- API ---

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "api.problems.as_problem",
    "UNAUTHENTICATED_USER": None,
    # Whose address throttles count by; see bmproject.hosts.sender, which does the same.
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "api.openapi.Described",
    "DEFAULT_THROTTLE_RATES": {
        "code": "20/min",
        "login": "10/min",
        "blob": "60/min",
        "api": env.str("BEDSIDE_API_RATE", default="300/min"),
    },
}
# The description of the API, /api/v1/schema; docs/openapi.yaml is the same.
SPECTACULAR_SETTINGS = {
    "TITLE": "Bedside",
    "DESCRIPTION": "What tablets speak (docs/wire-format.md), and what other systems read (docs/api.md).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.openapi.add_components"],
}
# One place for throttles to count in, whatever the number of web processes.
CACHES = {"default": env.cache_url("BEDSIDE_CACHE_URL", default=f"filecache://{VAR_DIR / 'cache'}")}

# --- Celery: a folder as broker beside SQLite, Redis in production ---

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT = "bmproject.filebroker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = filebroker.prepare(VAR_DIR / "broker")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# An export whose worker has given no sign of life for so long is tried again; its file is kept for so many days.
BEDSIDE_EXPORT_STALE_S = env.int("BEDSIDE_EXPORT_STALE_S", default=30)
BEDSIDE_EXPORT_KEEP_DAYS = env.int("BEDSIDE_EXPORT_KEEP_DAYS", default=7)
CELERY_BEAT_SCHEDULE = {
    "verify-journal": {"task": "procedures.tasks.verify_journal", "schedule": 15 * 60},
    "catch-up-records": {
        "task": "procedures.tasks.catch_up_records",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "sweep-exports": {
        "task": "procedures.tasks.sweep_exports",
        "schedule": BEDSIDE_EXPORT_STALE_S / 2,
        # While all workers are busy sweeps do not pile up.
        "options": {"expires": BEDSIDE_EXPORT_STALE_S / 2},
    },
}

# --- words, time, files ---

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nb", "Norsk bokmål")]
LOCALE_PATHS = [BASE_DIR / "procedures" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "procedures.formats"
TIME_ZONE = env.str("BEDSIDE_TIME_ZONE", default="Europe/Oslo")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Vite puts a hash into the names below assets/; everything else is asked for anew.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/(tablet|demo)/assets/.+$"
WHITENOISE_USE_FINDERS = DEBUG

# --- the admin ---

# Its frame (procedures/templates/unfold/layouts/skeleton.html) is ours: unfold's has inline styles and scripts that the
# content security policy refuses, and an Alpine that needs eval. Ours is Alpine's build without (frontend/src/desk).
UNFOLD = {
    "SITE_TITLE": "Bedside",
    "SITE_HEADER": "Bedside",
    "SITE_ICON": "/static/tablet/icon.svg",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/tablet/icon.svg"}],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,
    "SIDEBAR": {"navigation": "procedures.admin.sidebar.navigation"},
}

# --- progressive web app ---

PWA_APP_NAME = "Bedside"
PWA_APP_SHORT_NAME = "Bedside"
PWA_APP_DESCRIPTION = "Checks and consents before an invasive procedure"
PWA_APP_SCOPE = "/tablet/"
PWA_APP_START_URL = "/tablet/"
PWA_APP_DISPLAY = "standalone"
PWA_APP_ORIENTATION = "any"
PWA_APP_THEME_COLOR = "#0f4c5c"
PWA_APP_BACKGROUND_COLOR = "#f6f8f9"
PWA_APP_STATUS_BAR_COLOR = "default"
PWA_APP_DIR = "ltr"
PWA_APP_LANG = "en"
PWA_APP_ICONS = [
    {"src": "/static/tablet/icon-192.png", "sizes": "192x192", "type": "image/png"},
    {"src": "/static/tablet/icon-512.png", "sizes": "512x512", "type": "image/png"},
    {"src": "/static/tablet/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
]
PWA_APP_ICONS_APPLE = PWA_APP_ICONS[:1]
PWA_APP_SPLASH_SCREEN: list[dict[str, str]] = []
PWA_APP_DEBUG_MODE = False
PWA_SERVICE_WORKER_PATH = str(BASE_DIR / "frontend" / "static" / "tablet" / "serviceworker.js")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
