"""A register is made, changed and deleted on one screen each."""

import re

import pytest
from django.urls import reverse

from registers.books import create_register, field_key
from registers.contacts import save_contact
from registers.forms.registers import read_labels, write_labels
from registers.models import Contact, Field, Register
from tests.registers.changing import just_before_locking


def rows(*fields, initial=0):
    data = {"fields-TOTAL_FORMS": len(fields), "fields-INITIAL_FORMS": initial}
    for at, field in enumerate(fields):
        data |= {f"fields-{at}-{name}": value for name, value in {"type": "text", **field}.items()}
    return data


def test_made_by_naming_it_and_its_columns(organisation, editor):
    fields = rows(
        {"label": "Dieetti", "type": "choice", "options": "vegaani, kaikki; vegaani"},
        {"label": ""},
        {"label": "Äänimäärä", "type": "number", "required": "on"},
        {"label": "Removed", "DELETE": "on"},
    )
    answer = editor.post(reverse("registers:add"), {"name": " Ystävät ", **fields})
    register = Register.objects.get()
    assert answer.url == reverse("registers:contacts", args=[register.pk])
    assert register.name == "Ystävät"
    assert list(register.fields.values_list("key", "type", "required")) == [
        ("dieetti", "choice", False),
        ("aanimaara", "number", True),
    ]
    assert [option["label"] for option in register.fields.get(key="dieetti").options] == ["vegaani", "kaikki"]


def test_a_form_that_says_it_has_very_many_rows_is_not_drawn_with_them(organisation, editor):
    form = {"name": "A", **rows(), "fields-TOTAL_FORMS": "1100"}
    answer = editor.post(reverse("registers:add"), form)
    assert answer.status_code == 422
    assert len(answer.context["rows"].forms) == 130
    assert not Register.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", **rows()}, "This field is required"),
        ({"name": "members", **rows()}, "already a register with this name"),
        ({"name": "X", **rows({"label": "A"}, {"label": "a "})}, "Two columns have the same name"),
        ({"name": "X", **rows({"label": "A", "type": "choice"})}, "Write the choices"),
        ({"name": "X", **rows({"label": "", "options": "a, b"})}, "Name the column"),
        (
            {"name": "X", **rows({"label": "A", "type": "choice", "options": "ok 👍, ok 👎"})},
            "“ok 👍”, “ok 👎”. Use other",
        ),
        ({"name": "X", **rows({"label": " ", "type": "number"})}, "Name the column"),
        ({"name": "X", **rows({"label": "", "help_text": "As on the card"})}, "Name the column"),
        ({"name": "X", **rows({"label": "A", "type": "sql"})}, "Select a valid choice"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(register, editor, data, words):
    answer = editor.post(reverse("registers:add"), {"description": "Kept words", **data})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "Kept words" in page
    assert Register.objects.count() == 1


def test_a_column_is_renamed_retired_and_brought_back(register, editor):
    save_contact(register=register, values={"first_name": "Aino", "gender": "mies", "company": "Oy"}, source="test")
    gender, company = register.fields.get(key="gender"), register.fields.get(key="company")
    url = reverse("registers:edit", args=[register.pk])
    assert editor.get(url).status_code == 200
    changes = rows(
        {"pk": gender.pk, "label": "Sukupuoli", "options": "muu"},
        {"pk": company.pk, "label": "Company", "DELETE": "on"},
        initial=2,
    )
    answer = editor.post(url, {"name": "Members", **changes}, follow=True)
    assert answer.redirect_chain
    assert "“mies” stays among the choices of “Sukupuoli”" in answer.content.decode()
    gender.refresh_from_db()
    assert (gender.label, gender.key, gender.type) == ("Sukupuoli", "gender", "choice")
    assert [option["label"] for option in gender.options] == ["muu", "mies"], "a choice in use stays"
    assert Field.objects.get(key="company").retired
    assert Contact.objects.get().attributes["company"] == "Oy"
    editor.post(url, {"name": "Members", **rows(), "restore": [str(company.pk)]})
    assert not Field.objects.get(key="company").retired


def test_a_choice_that_people_have_is_renamed_in_place(register, editor):
    aino = save_contact(register=register, values={"first_name": "Aino", "gender": "mies"}, source="test")
    gender = register.fields.get(key="gender")
    url = reverse("registers:edit", args=[register.pk])

    def save(options, **answer):
        row = {"pk": gender.pk, "label": "Gender", "options": options, **answer}
        page = editor.post(url, {"name": "Members", **rows(row, initial=1)}, follow=True)
        gender.refresh_from_db()
        return page.status_code, [(option["code"], option["label"]) for option in gender.options]

    assert save("female, mies") == (200, [("female", "female"), ("mies", "mies")]), "nobody has it"
    assert save("female, herra") == (422, [("female", "female"), ("mies", "mies")])
    assert (
        "“mies” → “herra”"
        in editor.post(
            url,
            {"name": "Members", **rows({"pk": gender.pk, "label": "Gender", "options": "female, herra"}, initial=1)},
        ).content.decode()
    )
    assert save("female, herra", renamed="yes") == (200, [("female", "female"), ("mies", "herra")])
    assert save("herra, female") == (200, [("mies", "herra"), ("female", "female")]), "only moved"
    save_contact(register=register, values={"gender": "MIES"}, source="test", contact=aino)  # as an older list says
    assert Contact.objects.get().attributes == {"gender": "mies"}
    assert save("mr, female", renamed="no") == (200, [("mr", "mr"), ("female", "female"), ("mies", "herra")])


def test_what_two_write_about_a_register_at_once_is_not_lost(register, editor):
    url = reverse("registers:edit", args=[register.pk])
    page = editor.get(url).content.decode()
    Register.objects.filter(pk=register.pk).update(privacy_notice="Written by Eeva.")
    for tried in ("told", "meant"):
        seen = dict(re.findall(r'name="((?:columns_)?seen)" value="(\w+)"', page))
        typed = {"name": "Members", "description": "", "privacy_notice": "Written by Aino.", **seen, **rows()}
        answer = editor.post(url, typed)
        page = answer.content.decode()
        if tried == "told":
            assert "nothing is saved yet" in page
            assert {"Written by Eeva.", "Written by Aino."} <= set(re.findall(r"Written by \w+\.", page))
            assert Register.objects.get().privacy_notice == "Written by Eeva."
    assert answer.status_code == 302
    assert Register.objects.get().privacy_notice == "Written by Aino."


def test_what_a_colleague_has_changed_meanwhile_is_not_changed_back(register, editor):
    url = reverse("registers:edit", args=[register.pk])
    seen = re.search(r'name="seen" value="(\w+)"', editor.get(url).content.decode())[1]
    rows_seen = rows(*({"pk": field.pk, "label": field.label} for field in register.fields.all()), initial=6)
    gender, turnover = register.fields.get(key="gender"), register.fields.get(key="turnover")
    Field.objects.filter(pk=turnover.pk).update(retired=True)
    answer = editor.post(url, {"name": "Members", "seen": seen, **rows_seen}, follow=True)
    assert "Somebody has changed this register since" in answer.content.decode()
    assert Field.objects.get(pk=turnover.pk).retired
    assert Field.objects.get(pk=gender.pk).options == gender.options
    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]
    with just_before_locking("registers_field", lambda: Field.objects.filter(pk=gender.pk).update(label="Sex")):
        answer = editor.post(url, {"name": "Members now", "seen": seen, **rows()}, follow=True)
    assert (Register.objects.get().name, Field.objects.get(pk=gender.pk).label) == ("Members", "Sex")
    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]
    answer = editor.post(url, {"name": "Members now", "seen": seen, **rows()})
    assert answer.status_code == 302
    assert Register.objects.get().name == "Members now"


def test_deleting_asks_for_the_name_and_is_the_owners(register, editor, owner):
    save_contact(register=register, values={"first_name": "Aino"}, source="test")
    url = reverse("registers:delete", args=[register.pk])
    editor.post(url, {"typed": "Members"})
    assert Register.objects.exists()
    assert b"1 contact" in owner.get(url).content
    assert owner.post(url, {"typed": "members"}).status_code == 422
    assert Register.objects.exists()
    owner.post(url, {"typed": "Members"})
    assert not Register.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Kiinnostukset", "kiinnostukset"), ("Äiti & isä", "aiti_isa"), ("Имя", "column"),
        ("1. valinta", "column_1_valinta"),
        ("Email", "email_2"), ("group", "group_2"), ("x" * 99, "x" * 50), ("!!!", "column"),
    ],
)  # fmt: skip
def test_a_key_is_plain_and_takes_no_other_columns_place(label, key):
    assert field_key(label) == key


def test_a_column_named_like_a_lookup_is_asked_like_any_other(organisation):
    from registers.segments import compile_rule

    register = create_register(name="R", fields=[{"label": "contains"}, {"label": "has key", "type": "number"}])
    save_contact(register=register, values={"first_name": "A", "contains": "x", "has_key": 5}, source="test")
    for column, op, value in (("contains", "is", "X"), ("has_key", "gte", 5), ("has_key", "eq", 5)):
        rule = {"match": "all", "conditions": [{"column": f"attributes.{column}", "op": op, "value": value}]}
        assert Contact.objects.filter(compile_rule(rule, register)).count() == 1


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("red, green; blue\nwhite", ["red", "green", "blue", "white"]),
        ('"Espoo, Finland", Turku', ["Espoo, Finland", "Turku"]),
        ('"say ""a, b""" ;c', ['say "a, b"', "c"]),
        ('5" pipe, "open', ['5" pipe', '"open']),
        (" , ;", []),
    ],
)
def test_choices_stand_in_one_line(text, labels):
    assert read_labels(text) == labels
    assert read_labels(write_labels(labels)) == labels


def test_saving_the_settings_keeps_many_choices_and_those_with_commas(editor, organisation):
    labels = ["Espoo, Finland", *(f"A choice with quite a long name, number {n}" for n in range(299))]
    register = create_register(name="R", fields=[{"label": "Town", "type": "choice", "options": labels}])
    url = reverse("registers:edit", args=[register.pk])
    row = editor.get(url).context["rows"].forms[0]
    field = register.fields.get()
    before = field.options
    data = {"pk": field.pk, "label": "Town", "type": "choice", "options": row["options"].value()}
    assert editor.post(url, {"name": "R", **rows(data, initial=1)}).status_code == 302
    field.refresh_from_db()
    assert field.options == before


def test_choices_left_in_a_column_of_another_type_are_ignored(editor, organisation):
    data = rows({"label": "Diet", "type": "text", "options": "vegan," * 9_000})
    assert editor.post(reverse("registers:add"), {"name": "R", **data}).status_code == 302
    assert Field.objects.get(key="diet").options == []
