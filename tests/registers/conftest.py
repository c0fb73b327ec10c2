"""The cast: an editor, an owner, a viewer, and a stranger from another organisation."""

from dataclasses import dataclass
from http.cookies import SimpleCookie

import pytest
from django.test import Client

from organisations import scope
from organisations.access import create_organisation, set_member
from organisations.models import Organisation, Role, User
from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Register
from tests.stage import begins_with, stage


def _sign_in(organisation, email, role):
    user = User.objects.create_user(email, "password")
    set_member(organisation=organisation, user=user, role=role)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@dataclass
class House:
    organisation: Organisation
    editor: Client
    owner: Client
    viewer: Client
    other_organisation: Organisation
    stranger: Client


def make_house(_stage=None):
    organisation = create_organisation(name="Kotiseutu", slug="kotiseutu")
    other = create_organisation(name="Vieras", slug="vieras")
    return House(
        organisation=organisation,
        editor=_sign_in(organisation, "editor@example.fi", Role.EDITOR),
        owner=_sign_in(organisation, "owner@example.fi", Role.OWNER),
        viewer=_sign_in(organisation, "viewer@example.fi", Role.VIEWER),
        other_organisation=other,
        stranger=_sign_in(other, "stranger@example.fi", Role.OWNER),
    )


def make_register(stage=None):
    with scope.organisation(stage[make_house].organisation.pk if stage else scope.current()):
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


@pytest.fixture
@begins_with(make_house)
def house(open_stage, db):
    return stage.have(make_house)


def _again(client):
    """The same person, whatever a test has done to this one."""
    again = Client()
    again.cookies = SimpleCookie(client.cookies)
    again.user = User.objects.get(pk=client.user.pk)
    return again


@pytest.fixture
def organisation(house):
    organisation = Organisation.objects.get(pk=house.organisation.pk)
    with scope.organisation(organisation.pk):
        yield organisation


@pytest.fixture
def other_organisation(house):
    return Organisation.objects.get(pk=house.other_organisation.pk)


@pytest.fixture
def editor(organisation, house):
    return _again(house.editor)


@pytest.fixture
def owner(organisation, house):
    return _again(house.owner)


@pytest.fixture
def viewer(organisation, house):
    return _again(house.viewer)


@pytest.fixture
def stranger(house):
    return _again(house.stranger)


@pytest.fixture
@begins_with(make_house, make_register)
def register(organisation):
    return Register.objects.get(pk=stage[make_register].pk) if make_register in stage else make_register()


@pytest.fixture
def aino(register):
    return save_contact(register=register, values={"first_name": "Aino", "email": "aino@example.fi"}, source="test")
