"""Settings from the environment: a bad one is named with what it should be."""

import os

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from cms import environment
from cms.keys import keep_keys, need_keys
from mailer.transports.relay import parse_email_url
from organisations.models import KnownKey


@pytest.mark.parametrize(
    "value",
    ["kokoon.example.org", "https://", "ftp://kokoon.example.org", "localhost:8000", "http://[::1", "http://a:b"],
)
def test_an_address_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="BASE_URL must be like https://"):
        environment.address("BASE_URL", "http://localhost")


def test_an_address_has_no_slash_at_its_end(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://kokoon.example.org/")
    assert environment.address("BASE_URL", "http://localhost") == "https://kokoon.example.org"


def test_a_level_of_logs_may_be_small_and_an_unknown_one_is_named(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert environment.level("LOG_LEVEL", "INFO") == "DEBUG"
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not 'LOUD'"):
        environment.level("LOG_LEVEL", "INFO")


def test_what_a_password_has_made_unreadable_is_not_quoted(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://kokoon:sec/ret@db/kokoon")
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL has a bad port: it is a number\.$"):
        environment.database()
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL has a bad port or timeout: both are numbers\.$"):
        parse_email_url("smtp://me:sec/ret@mail")


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "ten"])
def test_a_number_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("LEASE_SECONDS", value)
    with pytest.raises(ImproperlyConfigured, match="LEASE_SECONDS must be a number"):
        environment.number("LEASE_SECONDS", 120)


@pytest.mark.django_db
def test_a_database_that_knows_few_letters_or_is_not_there_is_not_prepared(monkeypatch):
    few = connections.create_connection("default")
    few.settings_dict = {**few.settings_dict, "NAME": f"{few.settings_dict['NAME']}_few"}
    make = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {few.settings_dict['NAME']}")
        server.execute(make.format(few.settings_dict["NAME"]))
        try:
            monkeypatch.setattr("cms.management.commands.prepare.connection", few)
            with pytest.raises(CommandError, match="keeps its texts in LATIN1"):
                call_command("prepare")
        finally:
            few.close()
            server.execute(f"DROP DATABASE {few.settings_dict['NAME']}")
        with pytest.raises(CommandError, match=r"DATABASE_URL: .* does not exist"):
            call_command("prepare")


@pytest.mark.parametrize("command", ["work", "tick"])
def test_what_sends_does_not_start_with_a_key_of_its_own(monkeypatch, command):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set: give all processes the same one"):
        call_command(command)


@pytest.mark.django_db
def test_another_secret_key_is_refused_until_the_one_of_before_is_named_too(monkeypatch, settings):
    def uses(key, *before):
        monkeypatch.setenv("SECRET_KEY", key)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(before)
        keep_keys()

    uses("first")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not the one that this database"):
        uses("second")
    uses("second", "first")
    with pytest.raises(ImproperlyConfigured):
        uses("third", "second")
    uses("first", "second")
    settings.SECRET_KEY = "third"
    keep_keys(forget_lost=True)
    with pytest.raises(ImproperlyConfigured):
        uses("first", "second")
    uses("third", "second")


@pytest.mark.django_db
def test_the_first_key_is_kept_by_the_command_that_prepares_alone_and_none_where_it_has_none(monkeypatch):
    monkeypatch.setattr("cms.keys.connections.close_all", lambda: None)  # the test's own among them
    monkeypatch.setenv("SECRET_KEY", "first")
    need_keys()
    monkeypatch.delenv("SECRET_KEY")
    assert not keep_keys()
    assert not KnownKey.objects.exists()
