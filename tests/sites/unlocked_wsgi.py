"""The watched application with the seats' lock switched off: the negative control of the race tests.

A reply that ended in one of the seats' constraints, the second net, is answered 409, so that a test can tell it from
an application that is broken.
"""

import sys
import threading

from django.core.signals import got_request_exception
from django.db import IntegrityError

from cms.wsgi import application as kokoon
from sites import counters, seats
from sites.models import Capacity
from tests.sites.watched_wsgi import telling, watch

watched = telling(kokoon)
NETS = ("capacity_taken_within_ceiling", "registration_queue_number_once")
caught = threading.local()
counters.lock_capacity = watch(lambda page_id: Capacity.objects.get(page_id=page_id), lambda page_id: page_id)
seats.likely = lambda **_what: None  # whose UPDATE asks and takes under the same lock


def note_constraint(**kwargs):
    error = sys.exc_info()[1]
    caught.net = isinstance(error, IntegrityError) and any(name in str(error) for name in NETS)


got_request_exception.connect(note_constraint)


def application(environ, start_response):
    caught.net = False

    def start(status, *rest):
        return start_response("409 Conflict" if caught.net and status.startswith("500") else status, *rest)

    return watched(environ, start)
