"""Logs are kept longer than people are, and read by more: they do not say whose data it was about."""

import logging
import re

# A constraint that refuses a row quotes it: “Key (email)=(…) already exists”, “Failing row contains (…)”.
_QUOTED = re.compile(r"^(\s*(?:DETAIL|CONTEXT): ).*", re.MULTILINE)


class LineFormatter(logging.Formatter):
    """Leaves out, also of tracebacks, what PostgreSQL quotes of the rows that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return _QUOTED.sub(r"\1(left out, for it may hold personal data)", super().format(record))
