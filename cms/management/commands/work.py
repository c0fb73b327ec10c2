from typing import Any

import django_rq
from django import db
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from cms import environment
from cms.keys import need_keys
from cms.processes import starting
from cms.processes.worker import run_pool
from organisations.wake import QUEUES


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Work on the queues, most urgent first, with WORKERS processes (2). Runs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        need_keys()
        try:
            workers = environment.count("WORKERS", 2)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        starting.share()
        db.connections.close_all()  # the workers are forked from here, and a connection can't be shared
        queues = [django_rq.get_queue(name) for name in QUEUES]
        run_pool(queues=queues, workers=workers)
