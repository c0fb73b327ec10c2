"""What `tick` does for the installation as a whole."""

from datetime import timedelta

from django.core.management import call_command
from django.db import connection, transaction

from organisations.sweeps import sweep

PUBLISHING = 7_203_001  # an advisory lock of our own


@sweep(minutely=True)
def publish_scheduled_pages() -> None:
    """Publish and take down the pages whose time has come; one tick at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PUBLISHING])
        if cursor.fetchone()[0]:
            call_command("publish_scheduled", verbosity=0)


@sweep(every=timedelta(days=1))
def forget_old_sessions() -> None:
    call_command("clearsessions", verbosity=0)
