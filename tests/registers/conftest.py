"""The cast: an editor, a viewer, and a stranger from another organisation."""

import pytest
from django.test import Client

from organisations import scope
from organisations.access import create_organisation, set_member
from organisations.models import Role, User
from registers.books import create_register


@pytest.fixture
def organisation(db):
    organisation = create_organisation(name="Kotiseutu", slug="kotiseutu")
    with scope.organisation(organisation.pk):
        yield organisation


@pytest.fixture
def other_organisation(db):
    return create_organisation(name="Vieras", slug="vieras")


def _client(organisation, email, role):
    user = User.objects.create_user(email, "password")
    set_member(organisation=organisation, user=user, role=role)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def editor(organisation):
    return _client(organisation, "editor@example.fi", Role.EDITOR)


@pytest.fixture
def owner(organisation):
    return _client(organisation, "owner@example.fi", Role.OWNER)


@pytest.fixture
def viewer(organisation):
    return _client(organisation, "viewer@example.fi", Role.VIEWER)


@pytest.fixture
def stranger(other_organisation):
    return _client(other_organisation, "stranger@example.fi", Role.OWNER)


@pytest.fixture
def register(organisation):
    return create_register(
        name="Members",
        fields=[
            {"label": "Gender", "type": "choice", "options": ["nainen", "mies"]},
            {"label": "Interests", "type": "multiple_choice", "options": ["musiikki", "ruoka & viini", "lapset"]},
            {"label": "Turnover", "type": "number"},
            {"label": "Joined", "type": "date"},
            {"label": "Volunteer", "type": "yes_no"},
            {"label": "Company", "type": "text"},
        ],
    )
