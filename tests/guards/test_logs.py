"""What a log must not hold."""

import logging
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from guards.logs import LineFormatter


@pytest.mark.django_db
def test_a_traceback_does_not_quote_the_row_that_was_refused():
    twice = ["aino@singers.example"] * 2
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (email text PRIMARY KEY) ON COMMIT DROP")
        try:
            with transaction.atomic():
                cursor.execute("INSERT INTO people VALUES (%s), (%s)", twice)
        except IntegrityError:
            record = logging.LogRecord("rq", logging.ERROR, "", 0, "It failed", (), sys.exc_info())
    assert "aino" in logging.Formatter().format(record)
    record.exc_text = None
    said = LineFormatter().format(record)
    assert "aino" not in said
    assert "IntegrityError: duplicate key value" in said


def test_a_database_that_is_away_is_said_in_a_line():
    error = OperationalError("connection refused\n\tIs the server running?")
    away = (type(error), error, None)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Failed: %s", ("/",), away)
    said = LineFormatter("{message}", style="{").format(record)
    assert said == "Failed: /: PostgreSQL says: connection refused Is the server running?"


def test_it_is_what_all_processes_write_with():
    assert settings.LOGGING["formatters"]["line"]["()"] == "guards.logs.LineFormatter"
