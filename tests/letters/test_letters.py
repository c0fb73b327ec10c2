"""Single letters: an editable text, facts and one button, in the organisation's look."""

import time

import pytest
from django.core.exceptions import ValidationError

from mailer.rendering.letters import render_letter

FACTS = [("When", "Friday 4 December\n18:00"), ("Where", "Hall <1>")]


def letter(cast, **changes):
    parts = {
        "organisation": cast.choir,
        "subject": "Welcome, {{ first_name|friend }}",
        "body_html": "<p>Dear {{ first_name|friend }},</p><p>your seats at <b>{{ event }}</b> are booked.</p>",
        "values": {"first_name": "Änni <3", "event": "Songs & soup"},
        "button": ("See your reply", "https://k.example/r/abc/?a=1&b=2"),
        "facts": FACTS,
    }
    return render_letter(**(parts | changes))


def test_a_letter_says_the_same_in_html_and_text(cast):
    made = letter(cast)
    assert made.subject == "Welcome, Änni <3"
    assert "Dear Änni &lt;3," in made.html
    assert "<b>Songs &amp; soup</b>" in made.html
    assert "Friday 4 December<br>18:00" in made.html
    assert "Hall &lt;1&gt;" in made.html
    assert 'href="https://k.example/r/abc/?a=1&amp;b=2"' in made.html
    assert "Dear Änni <3,\n\nyour seats at Songs & soup are booked." in made.text
    assert "When: Friday 4 December\n18:00\nWhere: Hall <1>" in made.text
    assert "See your reply:\nhttps://k.example/r/abc/?a=1&b=2" in made.text


def test_it_is_no_campaign_and_offers_no_unsubscribing(cast):
    made = letter(cast)
    assert "nsubscribe" not in made.html + made.text


def test_a_letter_without_button_and_facts_is_whole(cast):
    made = letter(cast, button=None, facts=())
    assert "<a" not in made.html.split("</style>")[1].split("colophon")[0]
    assert "{{" not in made.html + made.text


def test_the_text_is_sanitised(cast):
    made = letter(cast, body_html="<p>Hi</p><script>alert(1)</script><img src=x onerror=y>")
    assert "alert(1)" not in made.html + made.text
    assert "onerror" not in made.html


def test_an_open_merge_field_is_refused(cast):
    with pytest.raises(ValidationError):
        letter(cast, body_html="<p>Dear {{ first_name</p>")


def test_one_persons_values_do_not_stay_for_the_next(cast):
    letter(cast)
    other = letter(
        cast, values={}, button=("See your reply", "https://k.example/r/zzz/"), facts=[("When", "a"), ("Where", "b")]
    )
    assert "Änni" not in other.html + other.text
    assert "abc" not in other.html
    assert other.subject == "Welcome, friend"


def test_the_thousandth_letter_of_a_kind_is_quick(cast):
    letter(cast)
    start = time.perf_counter()
    for number in range(200):
        letter(cast, values={"first_name": str(number)})
    assert (time.perf_counter() - start) / 200 < 0.01  # the first takes several times that
