"""Help, order, sections and what stands in a column at first."""

import pytest
from django.urls import reverse

from registers.books import add_field, create_register
from registers.contacts import save_contact
from registers.models import Contact, Field
from tests.registers.importing import import_text
from tests.registers.test_registers import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(
        name="R",
        fields=[
            {"label": "Kind", "type": "choice", "options": ["Full", "Junior"], "default": "full"},
            {"label": "Since", "type": "date", "section": "Membership", "help_text": "The day of joining"},
            {"label": "Diet"},
            {"label": "Paid", "type": "yes_no", "section": "Membership", "default": "no", "required": True},
        ],
    )


def test_what_stands_there_at_first_is_filled_in_for_newcomers(register):
    newcomer = save_contact(register=register, values={"email": "a@example.org"}, source="form")
    assert newcomer.attributes == {"kind": "full", "paid": False}
    told = save_contact(register=register, values={"email": "b@example.org", "kind": "Junior"}, source="form")
    assert told.attributes["kind"] == "junior"
    Contact.objects.filter(pk=newcomer.pk).update(attributes={})
    again = save_contact(register=register, values={"email": "a@example.org", "diet": "vegan"}, source="form")
    assert again.attributes == {"diet": "vegan"}


def test_the_form_shows_it_and_lets_it_be_emptied(editor, register):
    url = reverse("registers:add_contact", args=[register.pk])
    page = editor.get(url).content.decode()
    assert '<option value="full" selected>' in page
    assert "The day of joining" in page
    assert page.index("Diet") < page.index("Membership") < page.index("Since")
    editor.post(url, {"first_name": "A", "attributes.kind": "", "attributes.paid": "no"})
    assert Contact.objects.get().attributes == {"paid": False}


def test_an_import_fills_empty_cells_of_newcomers_alone(register):
    old = save_contact(register=register, values={"external_id": "1"}, source="test")
    Contact.objects.filter(pk=old.pk).update(attributes={})
    batch = import_text(register, "external id;Kind\n1;\n2;\n3;junior\n")
    found = dict(Contact.objects.values_list("external_id", "attributes"))
    assert found == {"1": {}, "2": {"kind": "full", "paid": False}, "3": {"kind": "junior", "paid": False}}
    assert not batch.rows.filter(status="rejected").exists()


def test_the_contact_page_groups_by_section(editor, register):
    contact = save_contact(register=register, values={"first_name": "A", "since": "1.2.2020"}, source="test")
    page = editor.get(reverse("registers:contact", args=[contact.pk])).content.decode()
    assert page.count('<h3 class="registers-section">Membership</h3>') == 1


def test_settings_change_order_help_section_and_default(editor, register):
    url = reverse("registers:edit", args=[register.pk])
    formset = editor.get(url).context["rows"]
    data = rows(*({name: row[name].value() or "" for name in row.fields} for row in formset.forms), initial=4)
    data = {key: value for key, value in data.items() if not key.endswith("-DELETE") and value not in (False, None)}
    for at, order in enumerate((4, 3, 2, 1)):
        data[f"fields-{at}-ORDER"] = order
    data |= {"fields-2-section": "Food", "fields-2-help_text": "Allergies too", "fields-2-default": "anything"}
    assert editor.post(url, {"name": "R", **data}).status_code == 302
    assert [field.key for field in register.fields.all()] == ["paid", "diet", "since", "kind"]
    diet = Field.objects.get(key="diet")
    assert (diet.section, diet.help_text, diet.default) == ("Food", "Allergies too", "anything")
    paid = Field.objects.get(key="paid")
    assert (paid.default, paid.required, paid.section) == (False, True, "Membership")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"label": "When", "type": "date", "default": "soon"}, "is not a date"),
        ({"label": "Yes", "type": "yes_no", "unique": "on"}, "cannot be unique"),
        ({"label": "Card", "type": "text", "unique": "on", "default": "1"}, "the same for all"),
    ],
)
def test_what_does_not_fit_is_said_in_its_row(editor, organisation, row, says):
    answer = editor.post(reverse("registers:add"), {"name": "R", **rows(row)})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_making_a_column_of_doubles_unique_is_refused_in_its_row(editor, organisation):
    register = create_register(name="R")
    field = add_field(register=register, label="Town")
    for name in "AB":
        save_contact(register=register, values={"first_name": name, "town": "Kemi"}, source="test")
    url = reverse("registers:edit", args=[register.pk])
    row = {"pk": field.pk, "label": "Village", "type": "text", "unique": "on"}
    answer = editor.post(url, {"name": "New name", **rows(row, initial=1)})
    assert answer.status_code == 422
    assert "“Kemi” (2 ×)" in answer.content.decode()
    field.refresh_from_db()
    assert (field.label, field.unique) == ("Town", False)
