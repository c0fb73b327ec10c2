"""What is seen at a glance, or remembered, is what the long way would have said."""

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registers.addresses import _address_key, address_key
from registers.columns import CORE_COLUMNS, Column
from registers.imports.fast import NOT_PLAIN, glance_for
from registers.values import ColumnType, ValueMistake, cell_text

COLUMNS = [*CORE_COLUMNS, *(Column(key=f"attributes.{kind}", label=kind, type=kind) for kind in ColumnType.values)]
AWKWARD = [
    "", " ", "a  b", " a", "a ", "a\tb", "a\nb", "\ufeffa", "e\u0301", "\ufffd", "\u00a0a", "\u200ba",
    "x" * 256, "x" * 255,
    "a@example.fi", "A@example.fi", "a..b@example.fi", "a.@example.fi", f"a@{'b' * 60}.{'c' * 300}.fi",
    "2020-02-30", "2020-02-29", "1849-12-31", "2201-01-01", "9999-01-01", "2020-1-1", "２０２０-01-01",
    "0", "-0", "007", "12", "99999999999999", "999999999999999", "1e3", "٣", "+358401234567", "fi", "00100",
    dt.datetime.now(dt.UTC).date().isoformat(),
]  # fmt: skip
PIECES = st.sampled_from([*AWKWARD, "a", "1", "-", "@", ".", "é", "fi"])
CELLS = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(max_size=20),
    st.lists(PIECES, max_size=4).map("".join),
    st.dates().map(str),
    st.integers(0, 10**16).map(str),
    st.emails(),
)


def slow(column, cell):
    try:
        return column.parse(cell)
    except ValueMistake:
        return NOT_PLAIN


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
@settings(max_examples=30)  # for each of some thirty columns
@given(cell=CELLS)
@example(cell="a@example.fi")
def test_a_glance_says_what_the_long_way_says(column, cell):
    glance = glance_for(column)
    value = glance(cell) if glance else NOT_PLAIN
    if value is not NOT_PLAIN:
        assert (type(value), value) == (type(slow(column, cell)), slow(column, cell))
        assert cell_text(cell) == cell


@given(cell=CELLS)
def test_an_ordinary_address_is_its_own_key(cell):
    assert address_key(cell) == _address_key(cell)


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("first_name", "Väinö"), ("email", "a.b+c@example.fi"), ("birth_date", "1980-02-29"), ("postcode", "00100"),
        ("attributes.number", "42"), ("attributes.date", "2030-01-01"), ("attributes.text", "it’s"),
    ],
)  # fmt: skip
def test_the_ordinary_is_seen_at_a_glance(key, cell):
    column = next(column for column in COLUMNS if column.key == key)
    glance = glance_for(column)
    assert glance is None if key == "postcode" else glance(cell) is not NOT_PLAIN
