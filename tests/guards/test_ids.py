import pytest

from guards.ids import row_id, row_ids


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", "x", "9" * 19, None])
def test_what_names_no_row_is_nobodys(text):
    assert row_id(text) == 0


def test_the_ids_among_what_was_sent():
    assert row_ids(["7", "²", "8", "7"]) == {7, 8}
