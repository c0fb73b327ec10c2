from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from guards.zones import time_zones, validate_time_zone


def test_zones_are_those_of_places_that_browsers_know_too():
    assert {"Europe/Helsinki", "UTC"} <= set(time_zones())
    assert all(ZoneInfo(name) for name in time_zones())


@pytest.mark.parametrize("name", ["localtime", "Factory", "Helsinki", ""])
def test_what_is_no_place_is_refused(name):
    with pytest.raises(ValidationError):
        validate_time_zone(name)
