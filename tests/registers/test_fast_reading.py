"""What is seen at a glance, or remembered, is what the long way would have said."""

import datetime as dt

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registers.addresses import _address_key, address_key
from registers.columns import CORE_COLUMNS, Column
from registers.imports.cells import CellReader
from registers.imports.fast import NOT_PLAIN, glance_for
from registers.phones import plain_number
from registers.values import PLAIN_READING, ColumnType, ValueMistake, cell_text

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


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
@settings(max_examples=20)
@given(cells=st.lists(st.one_of(CELLS, st.none(), st.booleans(), st.integers(0, 3), st.floats(0, 3)), max_size=8))
def test_many_cells_at_once_are_what_each_is(column, cells):
    reader = CellReader(column, PLAIN_READING, {})
    for cell, value in zip(cells, reader.read_plain(cells), strict=True):
        if value is not NOT_PLAIN:
            values = {}
            assert CellReader(column, PLAIN_READING, {}).read(cell, values) == (cell, "")
            assert (type(value), value) == (type(values.get(column.key)), values.get(column.key))


@pytest.mark.parametrize("column", [None, *COLUMNS], ids=lambda column: column.key if column else "left out")
def test_long_cells_are_not_remembered(column):
    """Ten thousand of them, of each column of a file, would be more than a worker has room for."""
    reader, cells = CellReader(column, PLAIN_READING, {}), ["short", *(f"{n}{'x' * 9_000}" for n in range(3))]
    for cell in [*cells, *(f"{cell}\u200b" for cell in cells)]:
        reader.read_plain([cell])
        reader.read(cell, {})
    assert sum(map(len, [*reader.plain, *reader.known])) < 1_000


def by_the_library(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) * phonenumbers.is_valid_number(
        number
    )


@st.composite
def numbers(draw):
    """Something near to what is an example of a number somewhere, as it may stand in a file."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    kinds = range(phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.VOICEMAIL + 1)
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from(kinds)))
    digits = phonenumbers.national_significant_number(example) if example else "401234567"
    at = draw(st.integers(0, len(digits) - 1))
    digits = (
        digits[:at] + draw(st.sampled_from(["", "0", "1", "9", "00", " ", "-"])) + digits[at + draw(st.booleans()) :]
    )
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    code = str(metadata.country_code)
    before = ["", "0", "00", code, f"+{code}", f"+{code} ", f"+{code}0", f"00{code}", metadata.national_prefix or ""]
    return draw(st.sampled_from(before)) + digits, draw(st.sampled_from([region, region, "FI", "IT", "US"]))


@settings(max_examples=400)
@given(number=numbers())
@example(number=("+358401234567", "FI"))
@example(number=("040 123 4567", "FI"))
@example(number=("+39 06 123456", "FI"))
def test_a_number_known_by_its_pattern_is_what_the_library_says(number):
    assert plain_number(*number) in ("", by_the_library(*number))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+358401234567", "+358401234567"), ("040 123 4567", "+358401234567"), ("09-1234567", "+35891234567"),
        ("+46 70 123 45 67", "+46701234567"), ("+3584012345678901", ""), ("40 1234567", ""), ("040", ""), ("", ""),
    ],
)  # fmt: skip
def test_plain_numbers_are_known_by_their_pattern(text, number):
    assert plain_number(text, "FI") == number
