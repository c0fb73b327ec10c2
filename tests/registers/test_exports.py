"""Lists that leave the house: who may take them, what is asked, and what is written down."""

import pytest

from registers.access import log_access
from registers.exports.records import add_purpose
from registers.memberships import add_to_group
from registers.models import AccessLog, Export, ExportPurpose, Group, Segment
from tests.registers.exporting import BASIS, GIVEN, LISTED, make_people, take, url

TAKEN = {"table": 7, "pdf": 7, "labels": 4, "badges": 6, "emails": 4, "merge": 5, "vcard": 7}


@pytest.fixture
def people(register):
    return make_people(register)


@pytest.mark.parametrize("kind", GIVEN)
def test_every_kind_asks_what_for_and_is_written_down(people, register, editor, kind):
    page = f"{url('export', register)}?as={kind}"
    assert "Export 7 contacts" in editor.get(page).content.decode()
    refused = editor.post(page, GIVEN[kind])
    assert refused.status_code == 422
    assert "what the list is for" in refused.content.decode()
    assert not Export.objects.exists()
    _answer, body = take(editor, register, kind, GIVEN[kind])
    assert body
    export, entry = Export.objects.get(), AccessLog.objects.get(action="export")
    assert (export.purpose, export.count, export.created_by) == ("Newsletter by post", TAKEN[kind], editor.user)
    assert (entry.purpose, entry.count, entry.fields) == (export.purpose, export.count, export.fields)
    assert set(export.fields) >= ({"email"} if kind in {"emails", "vcard"} else {"first_name"})


def test_only_those_who_may_edit_take_lists_out(people, register, viewer, stranger, owner):
    contact = people["anna"]
    for kind, data in GIVEN.items():
        page = f"{url('export', register)}?as={kind}"
        assert viewer.get(page).status_code in {302, 403}
        assert viewer.post(page, {**BASIS, **data}).status_code in {302, 403}
        assert stranger.post(page, {**BASIS, **data}).status_code == 404
    assert viewer.get(url("contact_qr", contact)).status_code in {302, 403}
    assert stranger.get(url("contact_qr", contact)).status_code == 404
    assert "qr.svg" not in viewer.get(url("contact", contact)).content.decode()
    assert not Export.objects.exists()
    purpose = add_purpose(name="Ours")
    assert stranger.post(url("remove_export_purpose", purpose)).status_code == 404
    assert ExportPurpose.objects.exists()


def test_the_list_leads_to_what_is_ticked_or_to_all_that_match(people, register, editor):
    anna, ivan = people["anna"], people["ivan"]
    answer = editor.post(url("bulk", register), {"act": "export", "contact": [anna.pk, ivan.pk]})
    assert "Export 2 contacts" in editor.get(answer.url).content.decode()
    body = b"".join(editor.post(answer.url, {**BASIS, **GIVEN["table"]})).decode("utf-8-sig")
    assert "Anna" in body
    assert "Иван" in body
    assert "Pekka" not in body
    answer = editor.post(url("bulk", register), {"act": "export", "every": "1", "query": "q=virtanen"})
    assert "Export 2 contacts" in editor.get(answer.url).content.decode()
    assert editor.post(url("bulk", register), {"act": "export"}).url == url("contacts", register)


def test_a_group_and_a_segment_have_the_button(people, register, editor):
    group = Group.objects.create(register=register, name="Board")
    add_to_group(group=group, contacts=[people["anna"].pk])
    rule = {"match": "all", "conditions": [{"column": "city", "op": "is", "value": "Helsinki"}]}
    segment = Segment.objects.create(register=register, name="Capital", rule=rule)
    for page, query, count in (
        (url("group", group), f"group={group.pk}", "1 contact"),
        (url("segment", segment), f"segment={segment.pk}", "4 contacts"),
    ):
        export = f"{url('export', register)}?{query}"
        assert export in editor.get(page).content.decode()
        assert f"Export {count}" in editor.get(export).content.decode()


@pytest.mark.parametrize("query", ["contact=", "contact=99999999", "contact=²", "q=nobodyatall", "has=no_email&q=anna"])
def test_nobody_chosen_is_said_and_nothing_is_taken(people, register, editor, query):
    page = f"{url('export', register)}?{query}"
    assert "Nobody is chosen" in editor.get(page).content.decode()
    assert editor.post(page, {**BASIS, **GIVEN["table"]}).status_code == 422
    assert not Export.objects.exists()


def test_a_contact_of_another_register_is_not_taken(people, register, editor, organisation):
    from registers.books import create_register

    other = create_register(name="Guests")
    query = f"&contact={people['anna'].pk}"
    answer = editor.post(f"{url('export', other)}?as=table{query}", {**BASIS, **GIVEN["table"]})
    assert answer.status_code == 422


def test_purposes_are_the_owners_list_and_others_are_written(people, register, editor, owner):
    page = url("export_purposes")
    assert editor.get(page).status_code in {302, 403}
    assert editor.post(page, {"name": "Mine"}).status_code in {302, 403}
    owner.post(page, {"name": " Christmas  letter "})
    assert owner.post(page, {"name": "christmas letter"}).status_code == 422
    assert [purpose.name for purpose in ExportPurpose.objects.all()] == ["Christmas letter"]
    form, export = GIVEN["table"], url("export", register)
    assert '<option value="Christmas letter"' in editor.get(export).content.decode()
    for said in ({}, {"purpose": "another"}, {"purpose": "another", "another": " "}, {"purpose": "No such"}):
        assert editor.post(export, {**form, **said}).status_code == 422, said
    for said in ({"purpose": "Christmas letter"}, {"purpose": "another", "another": "Seating"}, {"another": "Taxi"}):
        assert editor.post(export, {**form, **said}).status_code == 200, said
    written = [row.purpose for row in Export.objects.order_by("pk")]
    assert written == ["Christmas letter", "Seating", "Taxi"]
    shown = owner.get(page).content.decode()
    assert 'value="Seating"' in shown
    assert 'value="Christmas letter"' not in shown
    owner.post(url("remove_export_purpose", ExportPurpose.objects.get()))
    assert not ExportPurpose.objects.exists()
    assert Export.objects.filter(purpose="Christmas letter").exists()


def test_what_was_chosen_last_is_offered_again_to_the_same_user(people, register, editor, owner):
    take(editor, register, "pdf", {"columns": ["city", "birth_date"], "page": "sideways"})
    take(editor, register, "labels", {"sheet": "L7163", "start": "3"})
    page = f"{url('export', register)}?as="
    form = editor.get(f"{page}pdf").context["form"]
    assert (form.initial["columns"], form.initial["page"]) == (["city", "birth_date"], "sideways")
    assert editor.get(f"{page}labels").context["form"].initial["sheet"] == "L7163"
    assert "city" in owner.get(f"{page}pdf").context["form"].initial["columns"]
    assert "birth_date" not in owner.get(f"{page}pdf").context["form"].initial["columns"]


def test_owners_see_who_took_what_and_why(people, register, owner, editor, stranger):
    assert "Nobody has taken out a list yet" in owner.get(url("exports")).content.decode()
    take(editor, register, "pdf", LISTED)
    log_access(user=None, action="view", subject="contact:999999")
    log = owner.get(url("access")).content.decode()
    assert url("exports") in log
    assert f'<a href="{url("contacts", register)}">Members</a>' in log
    assert "contact:999999" in log, "who is erased has no name any more"
    shown = owner.get(url("exports")).content.decode()
    for text in ("editor@example.fi", "Newsletter by post", "Members", "PDF list", "First name, Last name, City"):
        assert text in shown
    assert editor.get(url("exports")).status_code in {302, 403}
    assert "Newsletter by post" not in stranger.get(url("exports")).content.decode()
