import signal
from queue import SimpleQueue
from typing import Any

from django.core.management.base import BaseCommand

from cms.keys import need_keys
from cms.processes.clock import Clock
from organisations.sweeps import registered


class Command(BaseCommand):
    requires_system_checks = ()  # they import everything there is, and `make check` runs them
    help = "Start what is due: at each full minute, and every few seconds. Runs until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        need_keys()
        # A second signal may come while the first is being taken: an Event would then wait for itself for ever.
        asked: SimpleQueue[None] = SimpleQueue()
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, lambda *_: asked.put(None))
        clock = Clock(registered())
        clock.start()
        asked.get()
        clock.stop(seconds=10)
