"""The builder of a segment: from what is chosen in it to the list, with JavaScript and without."""

import lxml.html
import pytest
from django.urls import reverse

from registers.models import AccessLog, Contact, Group, Purpose, Segment
from registers.rules import builder_columns, describe_rule
from registers.segments import CONSENT, GROUP
from tests.registers.changing import just_before_locking


def form(**changes):
    return {"name": "Kemi", "match": "all", "column-0": "city", "op-0": "is", "value-0": "Kemi", **changes}


def test_from_the_builder_to_the_list(register, editor):
    Contact.objects.bulk_create(Contact(register=register, first_name=name, city="Kemi") for name in ("Aino", "Bo"))
    count = editor.get(reverse("registers:segment_count", args=[register.pk]), form()).json()
    assert (count["count"], count["text"], count["sample"]) == (2, "2 contacts", ["Aino", "Bo"])
    assert AccessLog.objects.filter(action="list").exists()
    answer = editor.post(reverse("registers:add_segment", args=[register.pk]), form(), follow=True)
    segment = Segment.objects.get()
    assert list(answer.context["object_list"]) == list(segment.contacts().order_by("sort_key"))
    Contact.objects.create(register=register, first_name="Cia", city="Kemi")
    assert segment.contacts().count() == 3
    # What a colleague has made of it meanwhile is read before it is changed back.
    page = reverse("registers:segment", args=[segment.pk])
    opened = editor.get(page)
    assert "w-unsaved#confirm" in opened.content.decode()
    seen = opened.context["view"].seen
    assert editor.post(page, form(seen=seen, **{"value-0": "Oulu"})).status_code == 302
    answer = editor.post(page, form(seen=seen))
    assert (answer.status_code, Segment.objects.get().contacts().count()) == (422, 0)
    assert "Now it says: City is Oulu" in answer.content.decode()
    seen = answer.context["view"].seen
    with just_before_locking("registers_segment", Segment.objects.get().save):
        assert editor.post(page, form(seen=seen)).status_code == 422
    seen = editor.get(page).context["view"].seen
    assert editor.post(page, form(seen=seen)).status_code == 302


def test_what_most_have_is_suggested(register, monkeypatch):
    def suggested(key):
        return next(column["suggestions"] for column in builder_columns(register) if column["key"] == key)

    assert suggested("city") == []
    people = [Contact(register=register, first_name="Eva", last_name=f"Aho {n}", city="Kemi") for n in range(40)]
    people += [Contact(register=register, last_name=name, city="Oulu") for name in ("", "Köngäs", "Öberg", "Жуков")]
    people += [Contact(register=register, last_name=f"Ek {n}", city=f"Town {n:02}", language="fi") for n in range(50)]
    Contact.objects.bulk_create(people)
    assert suggested("city") == ["Kemi", "Oulu", *(f"Town {n:02}" for n in range(38))]
    assert suggested("language") == ["Finnish"]
    assert suggested("source") == []
    # Of more people than anybody waits for, some from everywhere in the list of names.
    monkeypatch.setattr("registers.rules.FEW", 64)
    assert suggested("city") == ["Kemi", "Oulu", *(f"Town {n:02}" for n in (0, 1, 10, 11))]


def test_the_builder_works_without_javascript(register, editor):
    url = reverse("registers:add_segment", args=[register.pk])
    page = editor.post(url, form(add_row=""))
    assert page.content.count(b'data-condition="') == 3  # two rows and the template
    assert b"0 contacts" in editor.post(url, form(count="1")).content
    assert not Segment.objects.exists()


def test_blocks_are_made_and_saved_without_javascript(register, editor):
    url = reverse("registers:add_segment", args=[register.pk])
    page = editor.post(url, form(add_block="")).content
    assert b'name="match-1"' in page
    block = {"match-1": "none", "column-1.0": "city", "op-1.0": "is", "value-1.0": "Kemijärvi"}
    assert b'name="column-1.1"' in editor.post(url, form(add_row="1", **block)).content
    deeper = editor.post(url, form(add_block="1", **block)).content
    assert b'name="match-1.1"' in deeper
    assert b'name="add_block" value="1.1"' not in deeper
    editor.post(url, form(**block, **{"match-2": "any", "column-3": ""}))
    rule = Segment.objects.get().rule
    assert rule == {
        "match": "all",
        "conditions": [
            {"column": "city", "op": "is", "value": "Kemi"},
            {"match": "none", "conditions": [{"column": "city", "op": "is", "value": "Kemijärvi"}]},
        ],
    }
    assert describe_rule(rule, register) == "City is Kemi, and none of (City is Kemijärvi)"
    again = editor.get(reverse("registers:segment", args=[Segment.objects.get().pk])).content.decode()
    assert '<option value="none" selected>' in again


@pytest.mark.parametrize("name", ["column-1.2.3.4", "match-x", "column-", "match-99999", "column-1..2"])
def test_an_odd_number_of_a_part_is_nobodys(register, editor, name):
    editor.post(reverse("registers:add_segment", args=[register.pk]), form(**{name: "any"}))
    assert len(Segment.objects.get().rule["conditions"]) == 1


def test_what_no_column_can_hold_is_taken_out_of_a_rule(register, editor):
    editor.post(reverse("registers:add_segment", args=[register.pk]), form(**{"value-0": "Ke\x00mi"}))
    assert Segment.objects.get().rule["conditions"] == [{"column": "city", "op": "is", "value": "Kemi"}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Name the segment"),
        ({"column-0": ""}, "at least one condition"),
        ({"op-0": "x"}, "cannot be asked"),
    ],
)
def test_a_segment_that_says_nothing_is_not_saved(register, editor, changes, words):
    answer = editor.post(reverse("registers:add_segment", args=[register.pk]), form(**changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Segment.objects.exists()


def test_what_is_retired_or_gone_stays_in_the_rule_until_somebody_changes_it(register, editor):
    """Saved as the page shows it, the rule is what it was: it would fit others, and they would be written to."""
    group, later = (Group.objects.create(register=register, name=name) for name in ("Board", "Choir"))
    purpose = Purpose.objects.create(name="Newsletter", retired=True)
    register.fields.filter(label__in=["Turnover", "Gender"]).update(retired=True)
    kept = [
        {"column": "attributes.turnover", "op": "gt", "value": "3"},
        {"column": "attributes.gender", "op": "any_of", "value": ["nainen"]},
        {"match": "any", "conditions": [{"column": CONSENT, "op": "not_given", "value": f"{purpose.pk}:email"}]},
        {"column": GROUP, "op": "not_in", "value": str(group.pk)},
    ]
    segment = Segment.objects.create(register=register, name="Givers", rule={"match": "all", "conditions": kept})
    url = reverse("registers:segment", args=[segment.pk])

    def saved_as_shown():
        page = editor.get(url).content
        (form,) = lxml.html.fromstring(page).xpath("//form[@data-segment]")
        return page.decode(), editor.post(url, dict(form.form_values()))

    page, answer = saved_as_shown()
    assert answer.status_code == 302
    assert Segment.objects.get().rule["conditions"] == kept
    assert "Turnover (retired)" in page
    assert "Newsletter (retired), E-mail" in page
    group.delete()
    page, answer = saved_as_shown()
    assert answer.status_code == 422
    assert "choose a group" in answer.content.decode()
    assert "a group that is gone" in page
    assert later.name in page
    kept = [{"column": "attributes.gender", "op": "any_of", "value": ["muu"]}, {"column": "deed:fly", "op": "ever"}]
    kept.append({"column": "attributes.company", "op": "eq", "value": "3"})
    for condition in kept:
        Segment.objects.update(rule={"match": "all", "conditions": [condition]})
        assert saved_as_shown()[1].status_code == 422


@pytest.mark.parametrize("door", ["add_segment", "filter", "add_contact"])
def test_enter_in_a_line_saves(register, editor, door):
    page = lxml.html.fromstring(editor.get(reverse(f"registers:{door}", args=[register.pk])).content)
    # What browsers press for the key: the first of the buttons that send the form.
    pressed = page.xpath("//form[@novalidate]//button[not(@type='button')]")[0]
    assert (pressed.get("name"), pressed.get("disabled")) == (None, None)
