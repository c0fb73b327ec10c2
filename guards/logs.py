"""Logs are kept longer than people are, and read by more: they do not say whose data it was about."""

import logging
import re
import time

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

from guards.servers import in_a_line, server_trouble, valkey_trouble

# A constraint that refuses a row quotes it: “Key (email)=(…) already exists”, “Failing row contains (…)”.
_QUOTED = re.compile(r"^(\s*(?:DETAIL|CONTEXT): ).*", re.MULTILINE)
# Who has a link of a letter, or of a reply, is taken for the one it was sent to, and may choose their password; who has
# a gateway’s address is taken for it.
_PERSONAL = re.compile(r"(/r/|/my/|/c/|/m/[a-z]/)\d+[-.][\w~.-]+|(/password_reset/confirm/\w+/)[\w-]+|(?<=/sms/)\w{32}")
_SENT_AMISS = (SuspiciousOperation, BadRequest, MultiPartParserError)


class LineFormatter(logging.Formatter):
    """Leaves out, also of tracebacks, what PostgreSQL quotes of the rows that it refuses, and what makes an address
    somebody's own. Where a server is away, or a stranger sends what no page of ours does, words are enough: a traceback
    for every request would fill the log, and push out what came before."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - Python's name
        """With the zone: PostgreSQL and Valkey write into theirs beside ours."""
        return super().formatTime(record, datefmt) + time.strftime("%z", time.localtime(record.created))

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error and (server_trouble(error) or valkey_trouble(error)):
            server = "Valkey" if valkey_trouble(error) else "PostgreSQL"
            line = f"{record.getMessage()}: {server} says: {in_a_line(error)}"
            record = logging.makeLogRecord({**vars(record), "msg": line, "args": None, "exc_info": None})
            record.exc_text = None
        elif isinstance(error, _SENT_AMISS):
            record = logging.makeLogRecord({**vars(record), "exc_info": None, "exc_text": None})
        said = _QUOTED.sub(r"\1(left out, for it may hold personal data)", super().format(record))
        return _PERSONAL.sub(lambda found: f"{found[1] or found[2] or ''}…", said)
