"""The sanitiser keeps an editor's text and drops what could run."""

import pytest

from guards.html import clean_rich_text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java&#10;script:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<svg><script>alert(1)</script></svg>",
        '<p style="background:url(javascript:alert(1))" onclick="alert(1)">x</p>',
        '<iframe src="//evil.example"></iframe>',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<!--<img src=x onerror=alert(1)>-->",
    ],
)
def test_it_drops_what_could_run(html):
    clean = clean_rich_text(html)
    for word in (
        "<script",
        "onerror=",
        "onclick",
        "javascript:",
        "data:",
        "<iframe",
        "<img",
        "<svg",
        "style=",
    ):
        assert word not in clean
    assert clean_rich_text(clean) == clean


def test_it_keeps_an_editors_text():
    html = '<h2>Hei</h2><p><b>Tervetuloa</b>, <a linktype="page" id="3">lue</a></p><ul><li>a</li></ul>'
    assert clean_rich_text(html).replace(' rel="noopener noreferrer"', "") == html
