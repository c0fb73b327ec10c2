"""What a log must not hold."""

import logging
import sys

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client

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


@pytest.mark.parametrize(
    ("error", "server"),
    [
        (OperationalError("no space\n\tleft on device"), "PostgreSQL"),
        (redis.ConnectionError("no space left on device"), "Valkey"),
        (redis.ResponseError("no space left on device"), None),
        (redis.ResponseError("MISCONF no space left on device"), "Valkey"),
    ],
)
def test_a_server_that_is_away_or_full_is_said_in_a_line(error, server):
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Failed: %s", ("/",), (type(error), error, None))
    said = LineFormatter("{message}", style="{").format(record)
    assert said.startswith(f"Failed: /: {server} says: " if server else "Failed: /\n")
    assert said.endswith("no space left on device")


def test_what_a_stranger_sends_amiss_fills_no_log(caplog):
    Client().get("/", HTTP_HOST="_nobody")
    said = [LineFormatter().format(record) for record in caplog.records]
    assert "_nobody" in said[0]
    assert caplog.records[0].exc_info
    assert not any("Traceback" in line for line in said)


@pytest.mark.parametrize(
    "address",
    [
        "/choir/party/r/21-Pecb0WwcymABruAxEGEVXQ/",
        "/choir/news/my/21-739943-118-Pecb0WwcymABruAxEGEVXQ/",
        "/choir/news/c/21-Pecb0WwcymABruAxEGEVXQ/",
        "/sms/k2ZEvBAaQCSXTX0zh5E1uqTiX4SM14Tm/",
        "/m/u/1.h5DMUfrEN6Oh7qgx-PrTsQ/",
        "/admin/password_reset/confirm/MQ/d2x5zr-c0ffee00c0ffee00c0ffee00c0ffee00/",
    ],
)
def test_a_personal_link_is_no_line_of_a_log(address):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s", (address,), None)
    said = LineFormatter().format(record)
    assert said == f"Gone: {address[: address.rindex('/', 0, -1)]}/…/"


def test_it_is_what_all_processes_write_with():
    assert settings.LOGGING["formatters"]["line"]["()"] == "guards.logs.LineFormatter"
