"""Django's settings. What an installation may choose comes from the environment; see docs/reference/settings.md."""

from datetime import timedelta

from makegood.config import environment
from makegood.config.mail_to_staff import django_mail
from makegood.kit.database_url import django_database

DATA_FOLDER = environment.data_folder()
# What a command line for a person to type has to say again; empty where the default folder is used.
GIVEN_DATA_FOLDER = environment.given_data_folder()
SECRET_KEY = environment.secret_key()
DEBUG = environment.flag("MAKEGOOD_DEBUG")
ALLOWED_HOSTS = environment.allowed_hosts()

# Customers credited in one transaction of a run.
MAKEGOOD_CHUNK_ROWS = environment.positive_number("MAKEGOOD_CHUNK_ROWS", 20_000)
# After so long without a sign of life a run is taken over.
MAKEGOOD_LEASE_SECONDS = environment.positive_number("MAKEGOOD_LEASE_SECONDS", 30)
# How long a run waits for a customer whom somebody else has locked.
MAKEGOOD_LOCK_WAIT_SECONDS = environment.positive_number("MAKEGOOD_LOCK_WAIT_SECONDS", 10)
# How long a run waits for a database that does not answer, before it is parked.
MAKEGOOD_PATIENCE_SECONDS = environment.positive_number("MAKEGOOD_PATIENCE_SECONDS", 300)

# Where mail is given away, on how many connections at once, and whom it comes from unless a provider says otherwise.
MAKEGOOD_SMTP = environment.smtp_server()
MAKEGOOD_SMTP_CONNECTIONS = environment.positive_number("MAKEGOOD_SMTP_CONNECTIONS", 4)
MAKEGOOD_MAIL_FROM = environment.mail_from()
MAKEGOOD_MAIL_ADDRESS = environment.mail_address()
# Where Stripe is asked, and how long an answer is waited for.
MAKEGOOD_STRIPE_API = environment.stripe_api()
MAKEGOOD_STRIPE_SECONDS = environment.positive_number("MAKEGOOD_STRIPE_SECONDS", 30)
# Mail to staff goes by Django's own means, to the same server.
globals().update(django_mail(MAKEGOOD_SMTP, MAKEGOOD_MAIL_FROM))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "procrastinate.contrib.django",
    "makegood.kit",
    "makegood.providers",
    "makegood.audit",
    "makegood.customers",
    "makegood.ledger",
    "makegood.notifications",
    "makegood.gateways",
    "makegood.saved_views",
    "makegood.orders",
    "makegood.transaction_templates",
    "makegood.emails",
    "makegood.runs",
    "makegood.invoices",
    "makegood.credits",
    "makegood.payments",
    "makegood.accounting",
    "makegood.statements",
    "makegood.days",
    "makegood.imports",
    "makegood.demo",
    "makegood.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "makegood.config.content_security.ContentSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Every page needs a log-in unless it is marked otherwise.
    "makegood.web.frame.middleware.LogInRequired",
    "makegood.web.frame.middleware.ActingMembership",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "makegood.config.urls"
WSGI_APPLICATION = "makegood.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "makegood.web.frame.context.frame",
            ],
        },
    },
]

DATABASES = {"default": django_database(environment.database_url(), environment.application_role())}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
# Served from where they lie in the package; nothing has to be collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Who is served under a name of its own is behind a proxy that speaks HTTPS; on this machine alone plain HTTP will do.
_IS_LOCAL = set(ALLOWED_HOSTS) <= set(environment.LOCAL_HOSTS)
SESSION_COOKIE_NAME = "makegood_session"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = not _IS_LOCAL
CSRF_COOKIE_SECURE = not _IS_LOCAL
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "makegood.web.frame.failure.answer_stale_form"
CSRF_TRUSTED_ORIGINS = [] if _IS_LOCAL else [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The first one keeps a file that is far too large from being written to the disk.
FILE_UPLOAD_HANDLERS = [
    "makegood.web.imports.upload_bound.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

AUTH_USER_MODEL = "providers.Staff"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Five wrong passwords lock a person at an address for a quarter of an hour; many more lock the address for everybody.
AXES_HANDLER = "makegood.config.login_throttle.LoginThrottle"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "makegood.config.login_throttle.name_person"
AXES_LOCKOUT_CALLABLE = "makegood.config.login_throttle.answer_locked"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
MAKEGOOD_LOGIN_FAILURES_PER_ADDRESS = 100

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"calm": {"()": "makegood.config.calm_log.WithoutTracebackOfLostDatabase"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["calm"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "makegood": {"level": "INFO"},
        # The pool tells of every failed attempt; who waits for the connection tells of the outcome.
        "psycopg.pool": {"level": "ERROR"},
        # At a finer level Stripe's library would write down whole answers, with what customers are called.
        "stripe": {"level": "WARNING"},
        # A wrong password is no event for the log of the machine; it is kept in the database.
        "axes": {"level": "ERROR"},
    },
}
