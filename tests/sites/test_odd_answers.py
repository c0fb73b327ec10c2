"""What no button sends: a party of nobody, half a person, an answer that is neither yes nor no."""

import html
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import translation

from sites import seats
from sites.forms.fields import DateField, NumberField
from sites.models import Registration
from tests.sites.conftest import yes

PUBLIC = "/choir/summer-party/"


@pytest.fixture(params=["public", "personal", "desk"])
def door(request, event, anna, cast):
    """Sends a form through one of the three doors; returns the page that comes back."""
    address = {
        "public": PUBLIC,
        "personal": "/choir" + event.personal_url(anna).partition("/choir")[2],
        "desk": f"/admin/events/{event.pk}/replies/new/",
    }[request.param]
    client = cast.editor.client if request.param == "desk" else Client()

    def send(**fields):
        data = {key: value for key, value in yes(**fields).items() if value is not None}
        response = client.post(address, data)
        assert response.status_code == 200, response
        return html.unescape(response.content.decode())

    return send


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0", "At least 1 person"),
        ("-1", "At least 1 person"),
        ("\u22121", "At least 1 person"),
        ("abc", "as a whole number"),
        ("1.5", "as a whole number"),
        ("4", "At most 3 people"),
        ("9" * 5000, "as a whole number"),
        ("", "Choose how many"),
    ],
)
def test_a_party_that_cannot_be_is_told_why(door, typed, says):
    page = door(party_size=typed)
    assert says in page
    assert typed in ("4", "9" * 5000) or "At most" not in page
    assert 'id="id_party_size_error"' in page
    assert not Registration.unscoped.exists()


@pytest.mark.parametrize("answer", ["maybe", "", "YES", None])
def test_an_answer_that_is_neither_yes_nor_no_is_asked_again(door, answer):
    page = door(answer=answer)
    assert "Say yes or no." in page
    assert 'id="id_answer_error"' in page
    assert re.search(r'<button[^>]*id="id_answer"', page)
    assert not Registration.unscoped.exists()


def test_a_stray_answer_cancels_nothing(event, anna):
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=True)
    link = "/choir" + event.personal_url(anna).partition("/choir")[2]
    assert "Say yes or no." in Client().post(link, yes(answer="cancel")).content.decode()
    assert Registration.objects.get().is_coming


def test_where_no_guests_are_allowed_a_larger_party_is_not_made_smaller_silently(make_event):
    make_event(largest_party=1)
    assert "without guests" in Client().post(PUBLIC, yes(party_size="3")).content.decode()
    assert Client().post(PUBLIC, yes(party_size="1")).status_code == 303


@pytest.mark.parametrize("typed", ["\u200b", "\ufeff \u2060", "\u202e", "\u2003"])
def test_invisible_marks_are_no_name(door, typed):
    page = door(first_name=typed)
    assert "first name" in page
    assert 'id="id_first_name_error"' in page
    assert not Registration.unscoped.exists()


def test_letters_that_got_lost_on_their_way_are_asked_for_again(event):
    """A name with them would be kept out of the register without a word."""
    sent = urlencode(yes(first_name="Jörgen"), encoding="iso-8859-1")
    page = Client().post(PUBLIC, sent, content_type="application/x-www-form-urlencoded").content.decode()
    assert "Some letters got lost on their way." in page
    assert not Registration.unscoped.exists()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("Hotmial.com", "hotmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("outlookk.com", "outlook.com"),
        ("our-choir.con", "our-choir.com"),
        ("hotmail.fr", ""),
        ("mail.com", ""),
        ("example.org", ""),
    ],
)
def test_a_slip_in_the_address_is_asked_about_and_never_refused(event, typed, meant):
    again = Client().post(PUBLIC, yes(email=f"bo@{typed}", first_name="")).content.decode()
    assert re.findall(r"Did you mean bo@(.*)\?</p>", again) == [meant] * bool(meant)
    assert Client().post(PUBLIC, yes(email=f"bo@{typed}")).status_code == 303


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1 000,50", 1000.5), ("1.000", 1000), ("1,250.50", 1250.5), ("-1.234.567", -1234567), ("0.125", 0.125),
        ("1,5", 1.5), ("1,25", 1.25), ("1000.125", 1000.125), ("\u22123", -3),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed, number):
    assert NumberField(max_digits=15, decimal_places=4).clean(typed) == number


@pytest.mark.parametrize("typed", ["2026-11-24", "24.11.2026", "24. 11. 2026", " 24.11. 2026 "])
def test_days_are_read_with_spaces_in_them(typed):
    with translation.override("fi"):
        assert DateField().clean(typed) == "2026-11-24"
