"""django-helpdesk on PostgreSQL, set up as its documentation says: settings, urls and application in one module.

`prepared()` makes the tables, a queue and a member of staff.
"""

import os

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

settings.configure(
    SECRET_KEY="for a measurement only",  # noqa: S106 - nothing is secret here
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="helpdesk_site",
    USE_TZ=True,
    SITE_ID=1,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    LOGGING_CONFIG=None,
    HELPDESK_ACTIVATE_API_ENDPOINT=True,
    HELPDESK_PUBLIC_TICKET_QUEUE="support",
    HELPDESK_TEAMS_MODE_ENABLED=False,
    # Its own default checks a password at each request, which alone takes a tenth of a second.
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]},
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.humanize",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.staticfiles",
        "rest_framework",
        "rest_framework.authtoken",
        "helpdesk.apps.HelpdeskConfig",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
)

application = get_wsgi_application()
urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]


def prepared() -> str:
    """Make what a fresh installation has, and return a token and the number of a queue."""
    from django.contrib.auth import get_user_model
    from helpdesk.models import Queue
    from rest_framework.authtoken.models import Token

    call_command("migrate", verbosity=0)
    agent = get_user_model().objects.create_superuser("agent", "agent@example.org", None)
    queue = Queue.objects.create(title="Support", slug="support")
    return f"{Token.objects.create(user=agent).key} {queue.pk}"
