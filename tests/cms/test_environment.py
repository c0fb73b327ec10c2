"""Settings from the environment: a bad one is named with what it should be."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from cms import environment


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
