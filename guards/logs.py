"""Logs are kept longer than people are, and read by more: they do not say whose data it was about."""

import logging
import re

from guards.servers import in_a_line, server_trouble

# A constraint that refuses a row quotes it: “Key (email)=(…) already exists”, “Failing row contains (…)”.
_QUOTED = re.compile(r"^(\s*(?:DETAIL|CONTEXT): ).*", re.MULTILINE)


class LineFormatter(logging.Formatter):
    """Leaves out, also of tracebacks, what PostgreSQL quotes of the rows that it refuses. Where PostgreSQL is away its
    words are enough: a traceback for every request would fill the log, and push out what came before."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error and server_trouble(error):
            line = f"{record.getMessage()}: PostgreSQL says: {in_a_line(error)}"
            record = logging.makeLogRecord({**vars(record), "msg": line, "args": None, "exc_info": None})
            record.exc_text = None
        return _QUOTED.sub(r"\1(left out, for it may hold personal data)", super().format(record))
