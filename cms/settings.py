"""Settings: from the environment only, with defaults that are safe to run."""

import secrets
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cms import environment
from guards.zones import time_zones

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / ".data")))
PORT = int(environment.number("PORT", 8000))

DEBUG = environment.flag("DEBUG", default=False)
# One for this process alone will do for commands; those that serve and send refuse it (`need_secret_key`).
SECRET_KEY = environment.text("SECRET_KEY", "") or secrets.token_urlsafe(50)
# Those of before: what they have signed still holds, and who has unsubscribed under them stays unsubscribed.
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
BASE_URL = environment.address("BASE_URL", f"http://localhost:{PORT}")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = [BASE_URL, *environment.words("CSRF_TRUSTED_ORIGINS")]

INSTALLED_APPS = [
    "cms",
    "sites",
    "mailer",
    "sms",
    "campaigns",
    "registers",
    "organisations",
    "guards",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_rq",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sites.doors.hosted.headers",
    "organisations.middleware.OrganisationMiddleware",
    "organisations.wall.WallMiddleware",
    "organisations.forged.ForgedMiddleware",
    "cms.signed_out.SignedOutMiddleware",
    "sites.doors.redirects.PublicRedirects",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data ---------------------------------------------------------------------------------------------------

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

VALKEY_URL = environment.text("VALKEY_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "guards.cache.ForgivingRedisCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "kokoon",
    },
}
RQ_QUEUES = {
    name: {"URL": VALKEY_URL, "DEFAULT_TIMEOUT": 600, "DEFAULT_RESULT_TTL": 0} for name in ("urgent", "default", "bulk")
}
RQ = {"COMMIT_MODE": "auto"}  # `organisations.wake` waits for the commit itself
# django-ratelimit doubts any cache but memcached; Django's Redis cache increments atomically as well.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]
RATELIMIT_IP_META_KEY = "guards.visitors.visitor_address"
RATELIMIT_FAIL_OPEN = True  # a limit that can't be counted must not turn visitors away
SESSION_ENGINE = "organisations.sessions"

# --- People -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["organisations.backends.TeamBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "wagtailadmin_login"

# --- Words and times ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fi", _("Finnish")), ("sv", _("Swedish")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["cms.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.zone("TIME_ZONE", "Europe/Helsinki")  # of new organisations; tables are UTC

# --- Files --------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(environment.text("MEDIA_ROOT", str(BASE_DIR / "media")))
PRIVATE_DIR = Path(environment.text("PRIVATE_DIR", str(DATA_DIR / "private")))  # never served
STORAGES = {
    "default": {"BACKEND": "guards.files.WholeFiles"},
    "private": {
        "BACKEND": "guards.files.WholeFiles",
        "OPTIONS": {
            "location": PRIVATE_DIR,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "organisations.staticfiles.ManifestStorage"},
}
DOCUMENT_MAX_MB = int(environment.number("DOCUMENT_MAX_MB", 20))  # one document about a contact
DOCUMENT_SPACE_MB = int(environment.number("DOCUMENT_SPACE_MB", 1024))  # all of an organisation, unless it has its own
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler", "guards.disk.DiskUploadHandler"]

# --- Mail ---------------------------------------------------------------------------------------------------

# smtp://, smtps:// or smtp+tls://user:password@host:port?timeout=20
EMAIL_URL = environment.text("EMAIL_URL", "")
MAIL_TRANSPORT = environment.text("MAIL_TRANSPORT", "mailer.transports.smtp.SmtpTransport")
MAILBOX_ENABLED = environment.flag("MAILBOX_ENABLED", default=False)  # the practice mailbox of `make run`
EMAIL_BACKEND = "mailer.transports.backend.EmailBackend"  # what Wagtail itself sends, such as a new password
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "kokoon@localhost.localdomain")

# --- Text messages ------------------------------------------------------------------------------------------

# elks://user:password@api.46elks.com or twilio://sid:token@api.twilio.com
SMS_URL = environment.text("SMS_URL", "")
SMS_TRANSPORT = environment.text("SMS_TRANSPORT", "sms.transports.gateway.GatewayTransport")

# --- The rules of sending -----------------------------------------------------------------------------------

LEASE_SECONDS = environment.number("LEASE_SECONDS", 120)
SWEEP_SECONDS = environment.number("SWEEP_SECONDS", 5)
# After the first temporary refusal; doubling from there. The pace of a campaign follows it, too.
DEFER_SECONDS = environment.number("DEFER_SECONDS", 60)
# The content of automatic and test letters; that they were sent stays known.
KEEP_LETTERS = timedelta(days=environment.number("KEEP_LETTERS_DAYS", 90))
SEND_GRACE = timedelta(minutes=environment.number("SEND_GRACE_MINUTES", 15))

# Forms taken from one network address for one page; 0 counts none. A school or an office shares one address.
REPLIES_PER_MINUTE = int(environment.number("REPLIES_PER_MINUTE", 1000))

# For how long what an editor has made of an event is kept in memory while replies come in; 0 reads it for each of them.
EVENT_MEMORY_SECONDS = environment.number("EVENT_MEMORY_SECONDS", 5)

# --- Safety -------------------------------------------------------------------------------------------------

_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
BEHIND_PROXY = environment.flag("BEHIND_PROXY", default=False)  # a proxy of ours sets X-Forwarded-For and -Proto
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Wagtail ------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Kokoon"
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = "sites/password.html"  # noqa: S105 - a template
WAGTAIL_USER_TIME_ZONES = SimpleLazyObject(time_zones)
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES  # Wagtail knows more, in which half of each screen would be English
WAGTAILIMAGES_IMAGE_MODEL = "organisations.Image"
WAGTAILIMAGES_IMAGE_FORM_BASE = "organisations.pictures.PictureForm"
WAGTAILDOCS_DOCUMENT_MODEL = "organisations.Document"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024  # a telephone of 50 megapixels makes 12 MB of them
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 51_000_000
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = True
FILTERS_EMPTY_CHOICE_LABEL = _("Any")
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no page fetches anything from a third party
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TASKS = {"default": {"BACKEND": "guards.tasks.OnceOnCommit"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "guards.logs.LineFormatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.level("LOG_LEVEL", "INFO")},
    "loggers": {
        "django_tasks": {"level": "WARNING"},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # for each HEAD: Django answers it with a body, which is left out
        "rq": {"level": "WARNING"},
        "rq.worker": {"level": "WARNING"},
    },  # rq.worker sets INFO itself
}
