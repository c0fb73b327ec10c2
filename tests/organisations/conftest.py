import logging
from copy import copy
from functools import cache

import pytest

from mailer.transports.memory import MemoryTransport
from organisations import backends, scope
from organisations.models import Organisation
from tests.cast import Person, make_cast
from tests.organisations.houses import Houses, make_houses
from tests.organisations.keys import Keys
from tests.organisations.part import House, make_house
from tests.organisations.singers import make_singers
from tests.stage import begins_with, stage


@pytest.fixture
def known_to_the_porter(monkeypatch):
    """The same few people ask for thousands of addresses: who they are, and what their role is, is read once."""
    monkeypatch.setattr(backends, "read_with_memberships", cache(backends.read_with_memberships))


@pytest.fixture
def quiet():
    """Thousands of refusals need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
@begins_with(make_houses)
def houses(open_stage, db, settings) -> Houses:
    settings.MAILBOX_ENABLED = True
    return stage[make_houses] if make_houses in stage else make_houses()


@pytest.fixture
def theatre(houses) -> Organisation:
    return Organisation.objects.get(pk=houses.theatre.pk)


@pytest.fixture
def impresario(houses) -> Person:
    return houses.impresario.again()


@pytest.fixture
def foreign(theatre, impresario) -> Keys:
    return Keys(theatre)


@pytest.fixture
@begins_with(make_house)
def house(open_stage, db) -> House:
    made = stage.have(make_house)
    again = {"owner": made.owner.again(), "limited": made.limited.again()}
    return House(**{**vars(made), **again})


@pytest.fixture
def inside(house):
    with scope.organisation(house.theatre.pk):
        yield house


@pytest.fixture
@begins_with(make_cast, make_singers)
def singers(open_stage, db, settings):
    made = copy(stage[make_singers] if make_singers in stage else make_singers(stage))
    made.cast, made.limited = made.cast.again(), made.limited.again()
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    with scope.organisation(made.choir.pk):
        yield made
    MemoryTransport.outbox.clear()
