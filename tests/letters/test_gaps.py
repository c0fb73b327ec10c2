"""A contact who lacks what is merged sees no hole in the sentence."""

import pytest

from mailer.merging.fields import fallback_for
from mailer.merging.tags import MergeField
from mailer.rendering import compile_email
from mailer.rendering.gaps import close_gap


@pytest.mark.parametrize(
    ("before", "after", "together"),
    [
        ("Dear ", ",", "Dear,"),
        ("<p>Dear ", ",</p>", "<p>Dear,</p>"),
        ("Welcome, ", "!", "Welcome!"),
        ("Dear ", " and friends", "Dear and friends"),
        ("", ", will you come?", "Will you come?"),
        ("<h1>", ", welcome</h1>", "<h1>Welcome</h1>"),
        ("Number: ", "", "Number:"),
        ("pre", "fix", "prefix"),
        ("", "", ""),
        ("<td>", "</td>", "<td></td>"),
    ],
)
def test_the_space_or_comma_of_an_empty_field_goes_with_it(before, after, together):
    assert "".join(close_gap(before, after, begins=True)) == together


def test_nobody_gets_dear_comma(cast, page):
    page.subject = "{{ first_name }}, a concert"
    page.preheader = "Hello {{ first_name }} {{ last_name }}!"
    page.body = [("heading", {"text": "Dear {{ first_name }}, come", "size": "h1"})]
    compiled = compile_email(page, organisation=cast.choir)
    urls = {"unsubscribe_url": "https://example.org/u", "web_url": "https://example.org/w"}
    nobody = compiled.personalise({"first_name": " "}, urls=urls)
    assert nobody.subject == "A concert"
    assert "Hello!" in nobody.html
    assert "Dear, come" in nobody.html
    assert "Dear, come" in nobody.text
    aino = compiled.personalise({"first_name": "Aino", "last_name": "Aho"}, urls=urls)
    assert aino.subject == "Aino, a concert"
    assert "Hello Aino Aho!" in aino.html


@pytest.mark.parametrize(
    ("key", "label", "words"),
    [
        ("first_name", "First name", "friend"),
        ("hobby", "Hobby", "your hobby"),
        ("iban", "IBAN", "your IBAN"),
        ("odd", "A|b {x}", "your ab x"),
    ],
)
def test_each_field_comes_with_words_for_when_it_is_empty(key, label, words):
    assert fallback_for(MergeField(key, label)) == words
