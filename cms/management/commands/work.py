import os
from typing import Any

import django_rq
from django import db
from django.core.management.base import BaseCommand, CommandError

from cms.keys import need_keys
from cms.processes import starting
from cms.processes.worker import run_pool
from organisations.wake import QUEUES


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Work on the queues, most urgent first, with WORKERS processes (2). Runs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        need_keys()
        text = os.environ.get("WORKERS") or "2"
        if not text.isdecimal() or int(text) < 1:
            raise CommandError(f"WORKERS must be a number from 1, not {text!r}.")
        starting.share()
        db.connections.close_all()  # the workers are forked from here, and a connection can't be shared
        queues = [django_rq.get_queue(name) for name in QUEUES]
        run_pool(queues=queues, workers=int(text))
