"""The WSGI door."""

import os

from django.core.wsgi import get_wsgi_application

from cms.processes import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

starting.begin()
application = get_wsgi_application()
