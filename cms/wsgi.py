"""The WSGI door."""

import os

from django.core.wsgi import get_wsgi_application

from cms import environment
from cms.processes import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

starting.begin()
environment.need_secret_key()
application = get_wsgi_application()
