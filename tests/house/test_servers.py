"""The servers that the suite itself runs on."""

import os
import socket

import psycopg
import pytest
import redis
from pytest_socket import SocketConnectBlockedError


def test_postgres_is_18_with_the_extensions_that_migrations_create():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.info.server_version >= 180000
        rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    assert {("pg_trgm",), ("unaccent",)} <= set(rows)


def test_postgres_knows_letters_beyond_ascii():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT lower('ÅÄÖŽ'), 'Ääkkönen' ILIKE 'ÄÄK%'").fetchone()
    assert row == ("åäöž", True)


def test_valkey_answers():
    assert redis.Redis.from_url(os.environ["VALKEY_URL"]).ping()


def test_sockets_beyond_this_machine_are_blocked():
    with (
        socket.socket() as stranger,
        pytest.raises(SocketConnectBlockedError),
        pytest.warns(match="192.0.2.1"),
    ):
        stranger.connect(("192.0.2.1", 80))
