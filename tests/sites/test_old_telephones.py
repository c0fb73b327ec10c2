"""What hosted pages load is understood by the browsers of telephones from 2019: Safari 13, Chrome 80, Firefox 78."""

import re

import pytest
from django.contrib.staticfiles import finders

from sites.models import Submission
from tests.sites.conftest import yes

# Each drops the rule or stops the script where it is not known; the year is that of the last of the three to learn it.
TOO_NEW = {
    "css": {
        r":not\([^()]*,": "a list in :not() (2021)",
        r":(is|where|has)\(": ":is, :where and :has (2021 to 2023)",
        r"(margin|padding)-(inline|block)\s*:": "two sides in one (2021)",
        r"[\s{;]inset(-\w+)?\s*:": "inset (2021)",
        r"&": "nesting (2023)",
        r"@(layer|container|property|scope|starting-style)|light-dark|color-mix|oklch|\d(dvh|svh|lvh|cqi)\b": "2022 on",
        r"display: flex[^}]*\bgap:|\bgap:[^}]*display: flex": "gap between flex items (2021)",
        r"aspect-ratio\s*:": "aspect-ratio (2021)",
    },
    "js": {
        r"\?\.|\?\?|\|\|=|&&=": "?. and ?? (2020)",
        r"replaceAll|replaceChildren|\.at\(|structuredClone|hasOwn|toSorted|findLast|groupBy|matchAll": "2020 on",
        r"/v[,;)]|\?<[=!]": "regular expressions (2023)",
        r"^(import|export|await)\b": "modules that wait (2021)",
    },
}
# Known by some of them only: stands behind a declaration of the same property that all know.
WITH_FALLBACK = re.compile(r"([\w-]+): [^;{}]*\bclamp\([^;{}]*;")


def mistakes(kind, text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL) if kind == "css" else re.sub(r"//.*", "", text)
    found = [what for pattern, what in TOO_NEW[kind].items() if re.search(pattern, text, flags=re.MULTILINE)]
    for use in WITH_FALLBACK.finditer(text) if kind == "css" else ():
        rule = text[text.rindex("{", 0, use.start()) : use.start()]
        if f"{use[1]}:" not in rule:
            found.append(f"{use[0]} alone")
    return found


def test_hosted_pages_ask_nothing_of_a_telephone_that_it_has_not_learnt(event, client):
    html = client.get("/choir/summer-party/").content.decode()
    paths = re.findall(r'(?:href|src)="/static/([^"]+\.(css|js))"', html)
    assert {kind for _, kind in paths} == {"css", "js"}
    for path, kind in paths:
        with open(finders.find(path)) as file:
            assert mistakes(kind, file.read()) == [], path


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("css", "input:not([type=radio], [type=checkbox]) { color: red; }"),
        ("css", ".acts { display: flex; gap: 12px; }"),
        ("css", "h1 { margin: 0; font-size: clamp(1rem, 2vw, 2rem); }"),
        ("css", "main { margin-inline: auto; }"),
        ("js", 'html.replaceAll("__n__", "1");'),
        ("js", "one?.two;"),
    ],
)
def test_what_is_too_new_is_found(kind, text):
    assert mistakes(kind, text)


@pytest.mark.parametrize("language", ["en", "fi", "sv", "de"])
def test_a_date_is_typed_where_there_is_no_calendar(make_event, choir, client, language):
    make_event(questions=[{"type": "date", "value": {"label": "Arrival"}, "id": "a1"}])
    type(choir).objects.filter(pk=choir.pk).update(language=language)
    puzzling = client.post("/choir/summer-party/", yes(**{"q-a1": "11/12/2037"}))
    assert puzzling.status_code == 200
    assert 'value="11/12/2037"' in puzzling.content.decode()
    assert client.post("/choir/summer-party/", yes(**{"q-a1": "12.11.2037"})).status_code == 303
    assert Submission.objects.get().answers == {"a1": "2037-11-12"}
