"""Lists that people come back to: columns of their choice, filters by any column, views kept and shared, segments."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registers.contacts import save_contact
from registers.models import Field, Group, GroupMembership, SavedView, Segment
from tests.registers.addresses import url


@pytest.fixture
def people(register):
    for first, city, turnover, gender in (
        ("Aino", "Kemi", 10, "nainen"),
        ("Bo", "Oulu", 900, "mies"),
        ("Eve", "Kemi", 800, ""),
    ):
        values = {"first_name": first, "city": city, "turnover": turnover, "gender": gender}
        save_contact(register=register, values=values, source="test")
    return register


def names(response):
    assert response.status_code == 200
    return [contact.first_name for contact in response.context["object_list"]]


RICH = {"match": "all", "conditions": [{"column": "attributes.turnover", "op": "gt", "value": "500"}]}


def test_any_column_filters_the_list(people, editor):
    made = {"match": "all", "column-0": "attributes.turnover", "op-0": "gt", "value-0": "500"}
    answer = editor.post(url("filter", people.pk) + "?q=b&rule=old", made)
    assert answer.status_code == 302
    listed = editor.get(answer["Location"])
    assert names(listed) == ["Bo"]
    assert "Turnover is more than 500" in listed.content.decode()
    again = editor.get(url("filter", people.pk), {"rule": json.dumps(RICH)}).content.decode()
    assert 'value="500"' in again
    none = editor.post(url("filter", people.pk), {"match": "all"})
    assert "rule" not in none["Location"]
    wrong = editor.post(url("filter", people.pk), {**made, "value-0": "a lot"})
    assert wrong.status_code == 422


def test_a_rule_too_long_for_an_address_is_counted_and_may_be_a_segment(people, editor):
    addresses = ", ".join(["bo@example.fi", *(f"{at:040}@example.fi" for at in range(150))])
    people.contacts.filter(first_name="Bo").update(email="bo@example.fi")
    made = {"match": "all", "column-0": "email", "op-0": "any_of", "value-0": addresses}
    refused = editor.post(url("filter", people.pk), made)
    assert refused.status_code == 422
    assert "too long for a filter" in refused.content.decode()
    assert addresses in refused.content.decode()
    assert editor.post(url("segment_count", people.pk), made).json()["count"] == 1
    kept = editor.post(url("add_segment", people.pk), {**made, "name": "By hand"})
    assert names(editor.get(kept["Location"])) == ["Bo"]
    too_many = {**made, "value-0": ",".join(map(str, range(201)))}
    assert "at most 200 values" in editor.post(url("segment_count", people.pk), too_many).json()["mistake"]


def test_several_texts_stand_in_one_line(people, editor):
    for name, city in (("Aino", "Inari"), ("Bo", "Berlin, Mitte")):
        people.contacts.filter(first_name=name).update(city=city)
    made = {"match": "all", "column-0": "city", "op-0": "any_of", "value-0": 'inari; "Berlin, Mitte",,'}
    answer = editor.post(url("filter", people.pk), made)
    assert sorted(names(editor.get(answer["Location"]))) == ["Aino", "Bo"]
    again = editor.get(url("filter", people.pk) + "?" + answer["Location"].partition("?")[2]).content.decode()
    assert 'value="inari, &quot;Berlin, Mitte&quot;"' in again


def test_the_list_that_is_asked_for_while_typing_is_filtered_as_the_page_is(people, editor):
    aino = people.contacts.get(first_name="Aino")
    group = Group.objects.create(register=people, name="Board")
    GroupMembership.objects.create(group=group, contact=aino)
    segment = Segment.objects.create(register=people, name="Rich", rule=RICH)
    gender = next(field for field in people.fields.all() if field.key == "gender").options[0]["code"]
    for query in (
        {}, {"group": group.pk}, {"segment": segment.pk}, {"has": "no_email"}, {"is_gender": gender},
        {"rule": json.dumps(RICH)}, {"group": group.pk, "has": "phone"}, {"group": "0"}, {"has": "x"}, {"p": "1"},
    ):  # fmt: skip
        page = editor.get(url("contacts", people.pk), query)
        while_typing = editor.get(url("contact_results", people.pk), query)
        with_drawer = editor.get(url("contact_results", people.pk), {**query, "_w_filter_fragment": "1"})
        assert names(page) == names(while_typing) == names(with_drawer), query
        assert page.content.count(b"w-pill__content") == while_typing.content.count(b"w-pill__content"), query
        assert "Any column, and what they did" in with_drawer.content.decode()


def test_a_list_filtered_by_what_is_gone_shows_nobody_and_says_so(people, editor):
    group = Group.objects.create(register=people, name="Board")
    gender = next(field for field in people.fields.all() if field.key == "gender")
    code = gender.options[0]["code"]
    assert names(editor.get(url("contacts", people.pk), {"is_gender": code}))
    rule = {"match": "none", "conditions": [{"column": "group", "op": "in", "value": group.pk}]}
    others = Segment.objects.create(register=people, name="Others", rule=rule)
    with CaptureQueriesContext(connection) as asked:
        assert names(editor.get(url("contact_results", people.pk), {"segment": others.pk}))
    looked_up = [query["sql"] for query in asked if f'"registers_group"."id" = {group.pk} ' in query["sql"]]
    assert len(looked_up) == 1, "the rule is read once"
    queries = [{"is_gender": code}, {"group": group.pk}, {"segment": others.pk}, {"reason": "9"}, {"has": "x"}]
    Field.objects.filter(pk=gender.pk).update(retired=True)
    group.delete()
    for query in queries:
        for view in ("contacts", "contact_results"):
            page = editor.get(url(view, people.pk), query)
            assert names(page) == [], query
            assert "not there any more" in page.content.decode()


def test_a_forged_rule_shows_nobody(people, editor):
    for text in (
        "{",
        "[]",
        "null",
        '{"match":"all"}',
        "[" * 5_000,
        '{"match":"all","conditions":[{"column":"x","op":"is"}]}',
    ):
        assert names(editor.get(url("contacts", people.pk), {"rule": text})) == [], text
    for text in ("{", '{"match": "all", "conditions": [{}]}', '{"match": "all", "conditions": [{"column": "city"}]}'):
        assert editor.get(url("filter", people.pk), {"rule": text}).status_code == 200


def test_a_filtered_list_becomes_a_segment(people, editor):
    gender = next(field for field in people.fields.all() if field.key == "gender")
    code = gender.options[0]["code"]
    query = {"rule": json.dumps(RICH), "has": "no_email", "is_gender": code, "q": "aino"}
    page = editor.get(url("add_segment", people.pk), query).content.decode()
    assert 'value="500"' in page
    assert f'value="{code}" checked' in page
    assert "“aino” in the search box" in page
    found = editor.get(url("contacts", people.pk), {"rule": json.dumps(RICH), "has": "no_email"})
    assert names(found) == ["Bo", "Eve"]
    assert "Save as segment" in found.content.decode()
    editor.post(
        url("add_segment", people.pk),
        {"match": "all", "name": "Rich", "column-0": "attributes.turnover", "op-0": "gt", "value-0": "500"},
    )
    assert Segment.objects.get().rule == RICH


def test_a_view_is_kept_opened_shared_renamed_and_deleted(people, editor, viewer, stranger):
    kept = editor.post(url("add_view", people.pk) + "?q=&city=&rule=" + json.dumps(RICH), {"name": " Rich  ones "})
    view = SavedView.objects.get()
    assert (view.name, view.shared, view.columns) == ("Rich ones", False, ["email", "phone", "city"])
    opened = editor.get(kept["Location"])
    assert names(opened) == ["Bo", "Eve"]
    assert "Rich ones" in opened.content.decode()

    listing = url("contacts", people.pk)
    assert "Rich ones" not in viewer.get(listing).content.decode()
    assert viewer.get(url("view", view.pk)).status_code == 404
    editor.post(url("view", view.pk), {"name": "Wealthy", "shared": "on"})
    assert "Wealthy" in viewer.get(listing).content.decode()
    for name in ("view", "delete_view"):
        assert viewer.post(url(name, view.pk), {"name": "x"}).status_code == 404
        assert stranger.post(url(name, view.pk), {"name": "x"}).status_code == 404

    mine = viewer.post(url("add_view", people.pk) + "?q=aino", {"name": "Wealthy", "shared": "on"})
    assert SavedView.objects.get(owner=viewer.user).shared is False  # a viewer keeps views to oneself
    assert names(viewer.get(mine["Location"])) == ["Aino"]
    editor.post(url("add_view", people.pk) + "?q=bo", {"name": "Bo"})
    taken = editor.post(url("view", SavedView.objects.get(name="Bo").pk), {"name": "Wealthy"})
    assert taken.status_code == 422

    assert b"Delete the view" in editor.get(url("delete_view", view.pk)).content
    editor.post(url("delete_view", view.pk))
    assert not SavedView.objects.filter(pk=view.pk).exists()
    assert editor.get(listing, {"view": view.pk}).status_code == 200
    assert editor.get(listing, {"view": "9" * 30}).status_code == 200


def test_a_view_takes_the_place_only_of_the_one_that_is_open(people, editor):
    kept = editor.post(url("add_view", people.pk) + "?q=aino", {"name": "Choir", "shared": "on"})
    refused = editor.post(url("add_view", people.pk) + "?q=bo", {"name": "Choir"})
    assert refused.status_code == 422
    assert "You already have a view with this name." in refused.content.decode()
    assert names(editor.get(kept["Location"])) == ["Aino"]
    opened = SavedView.objects.get()
    assert opened.shared
    kept = editor.post(f"{url('add_view', people.pk)}?q=bo&view={opened.pk}", {"name": "Choir", "shared": "on"})
    assert names(editor.get(kept["Location"])) == ["Bo"]
    assert SavedView.objects.get() == opened


def test_columns_and_their_order_are_each_persons_own(people, editor, viewer):
    assert editor.get(url("columns", people.pk)).status_code == 200
    chosen = ["city", "", "attributes.turnover", "city", "first_name"]
    assert editor.post(url("columns", people.pk), {"columns": chosen}).status_code == 302
    listed = editor.get(url("contacts", people.pk))
    assert [column.name for column in listed.context["table"].columns.values()] == [
        "tick", "state", "name", "city", "attributes.turnover", "first_name",
    ]  # fmt: skip
    theirs = viewer.get(url("contacts", people.pk)).context["table"].columns.values()
    assert [column.name for column in theirs][2:] == ["email", "phone", "city"]
    assert editor.post(url("columns", people.pk), {"columns": ["sort_key"]}).status_code == 422
    # A view has columns of its own.
    editor.post(url("add_view", people.pk), {"name": "Short"})
    editor.post(url("columns", people.pk), {"columns": ["email"]})
    short = editor.get(url("contacts", people.pk), {"view": SavedView.objects.get().pk})
    assert [column.name for column in short.context["table"].columns.values()][-1] == "first_name"
