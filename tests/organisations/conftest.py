import pytest

from organisations import scope
from tests.organisations.part import House, make_house
from tests.stage import begins_with, stage


@pytest.fixture
@begins_with(make_house)
def house(open_stage, db) -> House:
    made = stage[make_house] if make_house in stage else make_house()
    again = {"owner": made.owner.again(), "limited": made.limited.again()}
    return House(**{**vars(made), **again})


@pytest.fixture
def inside(house):
    with scope.organisation(house.theatre.pk):
        yield house
