"""Values of any shape land in HTML, subject, address and plain text, and break none of them."""

import html.parser
import json
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.merging.offers import check_link
from mailer.merging.tags import MergeField, Tag, check_tags, check_url, split_tags
from mailer.rendering.compiled import CompiledEmail
from mailer.rendering.look import Look
from mailer.rendering.mail import Mail, finish
from mailer.rendering.richtext import rich_html, rich_plain
from mailer.rendering.slots import Slots

LOOK = Look(name="Choir", accent="#2f5d50", on_accent="#ffffff", accent_dark="#7fb0a2")
URLS = {
    "unsubscribe_url": "https://k.example/m/u/1?a=1&b=2",
    "web_url": "https://k.example/mail/",
    "personal_url": "https://k.example/r/abc/",
}
FIELDS = [MergeField("first_name", "First name"), MergeField("city", "City")]


def compiled(rich, subject="Hello {{ first_name|friend }}", preheader=""):
    slots = Slots()
    mail = Mail(look=LOOK, slots=slots)
    row = f'<tr><td class="row text">{rich_html(rich, slots)}</td></tr>'
    return finish(mail, subject=subject, preheader=preheader, body_html=row, body_text=rich_plain(rich, slots))


LINKED = compiled(
    "<p>Dear {{ first_name|friend }}, "
    '<a href="https://x.example/a?n={{ first_name }}&amp;c={{ city|none }}#end">look</a></p>',
    preheader="For {{ first_name|you }}",
)


class Shape(html.parser.HTMLParser):
    """The tags of a document, and its links."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.hrefs = [], []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            return
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.hrefs += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        self.tags.append(tag)


PLAIN_SHAPE = Shape(LINKED.personalise({"first_name": "Anna", "city": "Turku"}, urls=URLS).html)

anything = st.text(min_size=1, max_size=60) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ city }}", "a\r\nBcc: x@example.org", "\u2028",
     "\x00", "javascript:alert(1)", "&amp;", "' onclick='x", "]]>", "-->", "%0d%0aX: y", "\u202egnp.exe", "\x85"]
)  # fmt: skip


@settings(max_examples=400)
@given(name=anything, city=anything)
def test_no_value_breaks_html_subject_address_or_text(name, city):
    mail = LINKED.personalise({"first_name": name, "city": city}, urls=URLS)

    assert Shape(mail.html).tags == PLAIN_SHAPE.tags
    assert "\x00" not in mail.html

    assert len(mail.subject.splitlines()) <= 1
    assert mail.subject == mail.subject.strip()
    assert not any(ord(letter) < 32 or letter in "\x7f\x85\u2028\u2029\u202e" for letter in mail.subject)

    href = next(href for href in Shape(mail.html).hrefs if "x.example" in href)
    assert href in mail.text
    parts = urlsplit(href)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "x.example", "/a", "end")
    assert set(parse_qs(parts.query, keep_blank_values=True)) == {"n", "c"}

    assert "\r" not in mail.text
    assert "\x00" not in mail.text


def test_a_value_is_escaped_for_where_it_stands():
    mail = LINKED.personalise({"first_name": "Ann & <Bo>", "city": "Åbo"}, urls=URLS)
    assert mail.subject == "Hello Ann & <Bo>"
    assert "Dear Ann &amp; &lt;Bo&gt;," in mail.html
    assert "Dear Ann & <Bo>," in mail.text
    assert "n=Ann%20%26%20%3CBo%3E&amp;c=%C3%85bo#end" in mail.html


def test_an_empty_value_gives_the_fall_back_and_a_merged_tag_is_not_read_again():
    assert LINKED.personalise({"first_name": ""}, urls=URLS).subject == "Hello friend"
    assert LINKED.personalise({}, urls=URLS).text.startswith("Dear friend,")
    assert LINKED.personalise({"first_name": "{{ city }}", "city": "Turku"}, urls=URLS).subject == "Hello {{ city }}"


def test_line_ends_of_a_value_are_kept_where_there_are_lines():
    mail = LINKED.personalise({"first_name": "One\r\nTwo"}, urls=URLS)
    assert "One<br>Two" in mail.html
    assert "One\nTwo" in mail.text
    assert mail.subject == "Hello One Two"


def test_it_survives_being_stored_as_json():
    again = CompiledEmail.from_json(json.loads(json.dumps(LINKED.to_json())))
    values = {"first_name": "Änn", "city": "<x>"}
    assert again == LINKED
    assert again.personalise(values, urls=URLS) == LINKED.personalise(values, urls=URLS)
    assert again.needs == {"unsubscribe_url", "web_url"}
    assert again.fields == {"first_name", "city"}


def test_links_are_numbered_once_and_tracked_in_both_parts():
    mail = compiled(
        '<p><a href="https://a.example/">one</a> <a href="mailto:me@example.org?subject=To the choir">write</a> '
        '<a href="tel:+358401234567">call</a> <a href="https://b.example/">two</a></p>'
    )
    assert [link.display for link in mail.links] == ["https://a.example/", "https://b.example/"]
    assert [link.label for link in mail.links] == ["one", "two"]
    out = mail.personalise({}, urls=URLS, link=lambda index: f"https://k.example/m/c/{index}?x=1&y=2")
    assert 'href="https://k.example/m/c/0?x=1&amp;y=2"' in out.html
    assert "https://k.example/m/c/1?x=1&y=2" in out.text
    assert 'href="mailto:me@example.org?subject=To%20the%20choir"' in out.html
    assert 'href="https://k.example/m/u/1?a=1&amp;b=2"' in out.html
    assert "a.example" not in out.html + out.text
    assert mail.destination(0, {}, urls=URLS) == "https://a.example/"


def test_a_tracked_link_leads_to_the_recipients_own_address():
    assert LINKED.destination(0, {"first_name": "Ä"}, urls=URLS) == "https://x.example/a?n=%C3%84&c=none#end"


def test_the_opening_pixel_is_there_only_when_asked_for():
    assert (
        'src="https://k.example/o.gif"'
        in LINKED.personalise({}, urls=URLS | {"open_pixel": "https://k.example/o.gif"}).html
    )
    assert "<img" not in LINKED.personalise({}, urls=URLS).html


def test_a_mail_with_a_dead_link_does_not_leave():
    with pytest.raises(KeyError):
        LINKED.personalise({}, urls={"web_url": "https://k.example/"})


def test_styles_are_inlined_and_media_queries_kept():
    html = LINKED.personalise({}, urls=URLS).html
    assert "@media (prefers-color-scheme: dark)" in html
    assert "!important" in html
    assert 'style="padding:12px 32px' in html
    assert html.count("<style") == 1


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Dear {{ first_name }}", ["Dear ", Tag("first_name")]),
        ("{{first_name|there}}!", [Tag("first_name", "there"), "!"]),
        ("{{ First_Name | a | b }}", [Tag("first_name", "a | b")]),
        ("{{\u00a0city\u00a0}}", [Tag("city")]),
        ("{ not } a % tag", ["{ not } a % tag"]),
        ("", []),
    ],
)
def test_tags_are_found(text, tags):
    assert split_tags(text) == tags


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Dear {{ first_name", "not closed"),
        ("Dear first_name }}", "not opened"),
        ("Dear {{ }}", "no name"),
        ("Dear {{ {{ city }} }}", "not closed"),
        ("Dear {{ citty }}", "Did you mean city?"),
        ("Dear {{ zzz }}", "You can use: city, first_name."),
        ("Dear { city }", "write {{ city }}"),
    ],
)
def test_a_mistake_in_a_tag_is_explained(text, says):
    with pytest.raises(ValidationError) as mistake:
        check_tags(text, FIELDS)
    assert says in " ".join(mistake.value.messages)


@pytest.mark.parametrize(
    "url", ["https://{{ city }}/", "{{ city }}", "https://x.example{{ city }}", "//{{ city }}/", "java{{ city }}:x"]
)
def test_a_field_never_says_where_a_link_leads(url):
    with pytest.raises(ValidationError):
        check_url(url, FIELDS)


@pytest.mark.parametrize(
    "url", ["https://x.example/{{ city }}", "https://x.example?c={{ city }}", "https://x.example/#{{ city }}"]
)
def test_a_field_may_fill_the_end_of_a_link(url):
    check_url(url, FIELDS)


@pytest.mark.parametrize("url", ["https://", "https://[name]/", "https://exa mple.org/", "https://x.example:99999/"])
def test_an_address_that_leads_nowhere_is_refused(url):
    with pytest.raises(ValidationError, match="Write the whole address"):
        check_link(url)
    check_link("HTTPS://büx.example:8080/a b?c={{ city }}#d")


@given(st.text(alphabet="{}| abfirst_name\n", max_size=40))
def test_reading_tags_ends_in_pieces_or_in_words(text):
    pieces = []
    with suppress(ValidationError):
        pieces = split_tags(text)
    assert all(isinstance(piece, Tag) or "{{" not in piece for piece in pieces)


def test_pasted_scripts_and_styles_do_not_reach_the_mail():
    mail = compiled(
        '<p onclick="x()">Hi<script>alert(1)</script><iframe src="x"></iframe> <a href="javascript:x">y</a></p>'
    )
    out = mail.personalise({}, urls=URLS).html
    for danger in ("alert(1)", "onclick", "<iframe", "javascript:"):
        assert danger not in out


def test_plain_text_says_what_the_rich_text_says():
    text = rich_plain(
        "<h3>Programme</h3><p>First line<br/>second <b>bold</b></p>"
        "<ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul>"
        '<blockquote>quoted</blockquote><p>See <a href="https://x.example/">https://x.example/</a></p>',
        Slots(),
    )
    lines = text.split("\n")
    assert lines[:4] == ["Programme", "", "First line", "second bold"]
    assert "- one\n- two\n  1. deep" in text
    assert "> quoted" in text
