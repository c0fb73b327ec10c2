"""Django's sessions in the database (SESSION_ENGINE), read in plain SQL.

Each request of the admin begins with this: as a queryset it would take several times longer to write than to run.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

_LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_LOAD, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None  # it has ended, or never was one of ours
            return {}
        return self.decode(row[0])
