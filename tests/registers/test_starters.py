"""A register started from a set that stands ready."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.models import Purpose, Register
from registers.starters import STARTERS

pytestmark = pytest.mark.django_db


def as_shown(page):
    """What the browser would send back, untouched."""
    form, rows = page.context["form"], page.context["rows"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"fields-TOTAL_FORMS": len(rows.forms), "fields-INITIAL_FORMS": rows.initial_form_count()}
    for row in rows.forms:
        for name in row.fields:
            if (value := row[name].value()) not in (None, False):
                data[f"{row.prefix}-{name}"] = value
    return data


@pytest.mark.parametrize("chosen", STARTERS[1:], ids=lambda starter: starter.key)
def test_the_draft_can_be_saved_as_it_stands(editor, organisation, chosen):
    url = f"{reverse('registers:add')}?start={chosen.key}"
    page = editor.get(url)
    assert editor.post(url, as_shown(page)).status_code == 302
    register = Register.objects.get()
    assert register.name == str(chosen.name)
    assert organisation.name in register.privacy_notice
    made = [(field.label, field.type) for field in register.fields.all()]
    assert made == [(str(column.label), column.type) for column in chosen.columns]
    assert set(Purpose.objects.values_list("name", flat=True)) == {str(name) for name in chosen.purposes}


def test_what_stands_there_at_first_comes_along(editor, organisation):
    url = f"{reverse('registers:add')}?start=members"
    data = as_shown(editor.get(url)) | {"fields-1-DELETE": "on", "purposes": "newsletter, Trips"}
    create_register(name="Before", purposes=["Newsletter"])
    editor.post(url, data)
    register = Register.objects.get(name="Members")
    kind = register.fields.get(key="membership_type")
    assert (kind.default, kind.section) == ("full-member", "Membership")
    assert not register.fields.filter(key="member_since").exists()
    assert list(Purpose.objects.values_list("name", flat=True)) == ["Newsletter", "Trips"]


@pytest.mark.parametrize("key", ["", "empty", "nonsense"])
def test_without_a_set_the_form_is_empty(editor, organisation, key):
    page = editor.get(reverse("registers:add"), {"start": key})
    assert not page.context["form"]["name"].value()
    assert [row["label"].value() for row in page.context["rows"].forms] == [None] * 3
    assert "Association members" in page.content.decode()
