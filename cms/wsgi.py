"""The WSGI door."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from cms.processes import starting
from cms.processes.frames import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")

starting.begin()
try:
    application = with_room(get_wsgi_application())
    from cms.keys import need_keys  # after the settings, which it reads

    need_keys()
except ImproperlyConfigured as error:
    sys.exit(str(error))  # it says what to do; where it was found says nothing more
