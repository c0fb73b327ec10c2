"""Nothing of an organisation is read or written without saying whose it is."""

import pytest

from organisations import scope
from organisations.access import create_organisation
from organisations.models import Organisation


@pytest.fixture
def choir(db) -> Organisation:
    return create_organisation(name="Choir", slug="choir")


def test_the_innermost_scope_wins_and_the_outer_one_comes_back():
    with scope.organisation(1):
        with scope.organisation(2):
            assert scope.current() == 2
        assert scope.current() == 1
    assert scope.current_or_none() is None


def test_no_scope_is_an_error():
    with pytest.raises(scope.ScopeMissing):
        scope.current()


def test_an_organisation_starts_with_its_collection_and_look(choir):
    assert choir.collection.name == "Choir"
    assert choir.theme.on_accent == "#ffffff"
