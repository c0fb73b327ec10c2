"""Large numbers are read in groups of three, on every screen alike."""

import pytest
from django.template import Context, Template

from registers.contacts import describe_count


@pytest.mark.parametrize(("value", "shown"), [(9_999, "9999"), (100_000, "100,000"), (None, "None"), ("–", "–")])
def test_numbers_are_grouped_from_ten_thousand_on(value, shown):
    assert Template("{% load figures %}{{ value|grouped }}").render(Context({"value": value})) == shown


def test_a_sentence_counts_in_groups_too():
    assert describe_count(1) == "1 contact"
    assert describe_count(100_000) == "100,000 contacts"
    words = (
        "{% blocktrans count counted=rows with n=rows|grouped %}{{ n }} row{% plural %}{{ n }} rows{% endblocktrans %}"
    )
    assert Template("{% load i18n figures %}" + words).render(Context({"rows": 12_345})) == "12,345 rows"
