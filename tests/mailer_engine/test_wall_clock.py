"""Schedules are what clocks on the wall show, across both changes of the year."""

# ruff: noqa: DTZ001 - a wall clock has no zone

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from campaigns.wallclock import comes_twice, from_wall, spoken, to_wall

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (datetime(2026, 1, 15, 11, 7), datetime(2026, 1, 15, 9, 7)),
        (datetime(2026, 7, 15, 11, 7), datetime(2026, 7, 15, 8, 7)),
        (datetime(2026, 3, 29, 2, 59), datetime(2026, 3, 29, 0, 59)),
        (datetime(2026, 3, 29, 4, 0), datetime(2026, 3, 29, 1, 0)),
        (datetime(2026, 10, 25, 3, 30), datetime(2026, 10, 25, 0, 30)),  # the first of two
        (datetime(2026, 10, 25, 4, 0), datetime(2026, 10, 25, 2, 0)),
    ],
)
def test_a_time_on_the_wall_is_a_moment(wall, utc):
    moment = utc.replace(tzinfo=UTC)
    assert from_wall(wall, HELSINKI) == moment
    assert to_wall(moment, HELSINKI) == wall


@pytest.mark.parametrize(("hour", "minute"), [(3, 0), (3, 30), (3, 59)])
def test_a_time_that_is_jumped_over_is_refused_with_two_that_exist(hour, minute):
    with pytest.raises(ValidationError) as caught:
        from_wall(datetime(2026, 3, 29, hour, minute), HELSINKI)
    (words,) = caught.value.messages
    assert f"{hour:02d}:{minute:02d} does not exist" in words
    assert f"Choose 02:{minute:02d} or 04:{minute:02d}" in words


def test_a_time_that_comes_twice_is_known():
    assert comes_twice(datetime(2026, 10, 25, 3, 30), HELSINKI)
    assert not comes_twice(datetime(2026, 10, 25, 4, 0), HELSINKI)
    assert not comes_twice(datetime(2026, 3, 29, 3, 30), HELSINKI)


def test_a_moment_is_spoken():
    assert spoken(datetime(2026, 11, 24, 9, 7, tzinfo=UTC), HELSINKI) == "Tuesday 24 November 2026 at 11:07"
