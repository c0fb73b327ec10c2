"""Settings from the environment: a bad one is named with what it should be."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from cms import environment
from cms.keys import keep_keys, need_keys
from organisations.models import KnownKey


@pytest.mark.parametrize("value", ["kokoon.example.org", "https://", "ftp://kokoon.example.org", "localhost:8000"])
def test_an_address_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="BASE_URL must be like https://"):
        environment.address("BASE_URL", "http://localhost")


def test_an_address_has_no_slash_at_its_end(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://kokoon.example.org/")
    assert environment.address("BASE_URL", "http://localhost") == "https://kokoon.example.org"


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
