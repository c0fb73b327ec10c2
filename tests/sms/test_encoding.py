"""How many messages a text takes (3GPP TS 23.038 and 23.040)."""

import pytest

from sms.encoding import GSM_BASIC, GSM_EXTENDED, length_of


@pytest.mark.parametrize(
    ("text", "gsm", "used", "parts"),
    [
        ("", True, 0, 0),
        ("a" * 160, True, 160, 1),
        ("å" * 160, True, 160, 1),
        ("a" * 161, True, 161, 2),
        ("a" * 306, True, 306, 2),
        ("a" * 459, True, 459, 3),
        ("a" * 480, True, 480, 4),
        ("€" * 80, True, 160, 1),
        ("€" * 81, True, 162, 2),
        ("a" * 152 + "€" + "b" * 152, True, 306, 3),  # the sign is not torn apart
        ("ç", False, 1, 1),
        ("–" * 70, False, 70, 1),
        ("–" * 71, False, 71, 2),
        ("ж" * 201, False, 201, 3),
        ("😀" * 35, False, 70, 1),
        ("ж" * 66 + "😀" + "ж" * 66, False, 134, 3),  # nor is one of two units
    ],
)
def test_what_a_text_takes(text, gsm, used, parts):
    length = length_of(text)
    assert (length.gsm, length.used, length.parts) == (gsm, used, parts)


def test_the_alphabet_is_whole():
    assert len(set(GSM_BASIC)) == 127  # and the escape
    assert len(set(GSM_EXTENDED)) == 10
