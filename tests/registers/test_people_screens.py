"""Adding, changing and removing people by hand, in groups, and taking lists out."""

import csv
import io
import re

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.contacts import save_contact
from registers.imports.uploading import empty_import
from registers.memberships import add_to_group
from registers.models import AccessLog, Activity, Contact, Export, Field, Group, GroupMembership, Import
from registers.suppression import suppress, suppressed
from tests.registers.addresses import url
from tests.registers.changing import confirm_what_is_shown
from tests.registers.importing import import_text


@pytest.fixture
def three(register):
    names = ("Aino", "Bo", "=1+1")
    return [
        save_contact(
            register=register,
            values={
                "first_name": name,
                "email": f"p{at}@example.fi",
                "phone": f"040123456{at}",
                "interests": "musiikki",
            },
            source="test",
        )
        for at, name in enumerate(names)
    ]


def test_a_contact_is_added_by_hand(register, editor):
    values = {"first_name": "Aino", "email": "Aino@example.fi", "phone": "040 267 9195", "birth_date": "18.12.1986",
              "attributes.gender": "nainen", "attributes.interests": ["musiikki", "lapset"],
              "attributes.turnover": "1 234,5",
              "attributes.volunteer": "yes"}  # fmt: skip
    answer = editor.post(url("add_contact", register), values, follow=True)
    contact = Contact.objects.get()
    assert contact.phone == "+358402679195"
    assert contact.attributes == {
        "gender": "nainen", "interests": ["musiikki", "lapset"], "turnover": 1234.5, "volunteer": True,
    }  # fmt: skip
    assert "1234.5" in answer.content.decode()
    page = editor.get(url("edit_contact", contact)).content.decode()
    assert 'value="1986-12-18"' in page


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_name": "A", "email": "a at b"}, "email"),
        ({"first_name": "A", "phone": "09 123"}, "phone"),
        ({"first_name": "A", "birth_date": "31.2.1999"}, "birth_date"),
        ({"first_name": "A", "attributes.turnover": "much"}, "attributes.turnover"),
        ({"first_name": "x" * 300}, "first_name"),
        ({"city": "Kemi"}, "__all__"),
        ({"external_id": "7"}, "external_id"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(register, editor, values, field):
    save_contact(register=register, values={"external_id": "7"}, source="test")
    answer = editor.post(url("add_contact", register), {"street": "Kept Street 1", **values})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Kept Street 1" in answer.content.decode()
    assert Contact.objects.count() == 1


def test_a_contact_is_changed_and_emptied(three, editor):
    contact = three[0]
    editor.post(url("edit_contact", contact), {"first_name": "Aino", "email": "", "attributes.gender": "mies"})
    contact.refresh_from_db()
    assert (contact.email, contact.email_key, contact.phone) == ("", "", "")
    assert contact.attributes == {"gender": "mies"}
    Field.objects.filter(key="gender").update(label="Gender <b>", retired=True)
    page = editor.get(url("contact", contact)).content.decode()
    happened = page[page.index("What has happened") :]
    assert "Changed</strong>: E-mail, Phone" in happened
    assert "Gender &lt;b&gt;" in happened


def test_two_editors_of_one_contact_do_not_undo_each_other_unread(three, editor):
    contact = three[0]
    page = editor.get(url("edit_contact", contact)).content.decode()
    mine = {"first_name": "Aino", "email": "a@example.org", "city": "Kemi"}
    mine["seen"] = re.search(r'name="seen" value="(\w+)"', page)[1]
    save_contact(register=contact.register, values={"phone": "+358401234567"}, source="import", contact=contact)
    page = editor.post(url("edit_contact", contact), mine | {"first_name": "", "email": ""}).content.decode()
    assert f'name="seen" value="{mine["seen"]}"' in page, "nothing was said of what has changed meanwhile"
    answer = editor.post(url("edit_contact", contact), mine)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Phone (+358401234567), City (–)" in page
    assert 'value="Kemi"' in page
    contact.refresh_from_db()
    assert (contact.phone, contact.city == "Kemi") == ("+358401234567", False)
    mine["seen"] = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert editor.post(url("edit_contact", contact), mine | {"phone": "+358401234567"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.phone, contact.city) == ("+358401234567", "Kemi")


def test_deleting_one(three, editor):
    assert b"gone for good" in editor.get(url("delete_contact", three[0])).content
    assert Contact.objects.count() == 3
    editor.post(url("delete_contact", three[0]))
    assert Contact.objects.count() == 2


def test_it_is_said_that_an_imported_file_still_names_who_is_deleted(three, register, editor):
    pages = (lambda: editor.get(url("delete_contact", three[0])), lambda: editor.post(*deleting_two))
    deleting_two = (url("bulk", register), {"act": "delete", "contact": [three[0].pk, three[1].pk]})
    assert not any(b"may still name them" in page().content for page in pages)
    batch = import_text(register, "First name,E-mail\nAino,p0@example.fi\n")
    assert all(b"deleted by itself 30 days after its import" in page().content for page in pages)
    empty_import(batch)
    assert not any(b"may still name them" in page().content for page in pages)


def test_a_register_takes_the_files_that_were_imported_into_it_along(register, django_capture_on_commit_callbacks):
    batch = import_text(register, "First name,E-mail\nAino,p0@example.fi\n")
    assert batch.path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        register.delete()
    assert not Import.objects.exists()
    assert not batch.path.exists()


def test_warnings_stand_out(three, register, editor):
    organisation = register.organisation_id
    suppress(organisation_id=organisation, channel="email", address="p0@example.fi", kind="unsubscribed")
    suppress(organisation_id=organisation, channel="email", address="p1@example.fi", kind="hard_bounce")
    page = editor.get(url("contacts", register)).content.decode()
    assert "E-mail: Unsubscribed" in page
    assert "E-mail: Address does not exist" in page
    assert "E-mail: Unsubscribed" in editor.get(url("contact", three[0])).content.decode()


def test_many_at_once_are_asked_about_first(three, register, editor):
    chosen = [contact.pk for contact in three[:2]]
    page = editor.post(url("bulk", register), {"act": "delete", "contact": chosen}).content.decode()
    assert "Delete 2 contacts from the register" in page
    assert Contact.objects.count() == 3
    editor.post(url("bulk", register), {"act": "delete", "contact": chosen, "confirmed": "1"})
    assert list(Contact.objects.all()) == [three[2]]
    assert AccessLog.objects.filter(action="delete", count=2).exists()


def test_everyone_in_the_list_means_those_the_list_shows(three, register, editor):
    data = {"act": "add", "every": "1", "query": "q=bo"}
    change = editor.post(url("bulk", register), data)["Location"]
    assert b"Add 1 contact to which group?" in editor.get(change).content
    assert b"Choose a group, or name a new one." in editor.post(change).content
    assert b"Add 1 contact" in editor.post(change, {"new_group": "Choir"}, follow=True).content
    assert not Group.objects.exists()
    confirm_what_is_shown(editor, change)
    group = Group.objects.get(name="Choir")
    assert [membership.contact for membership in group.memberships.all()] == [three[1]]
    assert Activity.objects.filter(contact=three[1], kind="joined_group").count() == 1
    change = editor.post(url("bulk", register), {**data, "act": "remove"})["Location"]
    editor.post(change, {"group": group.pk})
    confirm_what_is_shown(editor, change)
    assert not GroupMembership.objects.exists()


def test_nothing_ticked_changes_nothing(three, register, editor):
    for data in ({"act": "delete", "confirmed": "1"}, {"act": "explode", "every": "1", "confirmed": "1"}):
        assert editor.post(url("bulk", register), data).status_code == 302
    assert Contact.objects.count() == 3


def test_groups_are_made_filled_and_emptied(three, register, editor):
    editor.post(url("add_group", register), {"name": "Board"})
    group = Group.objects.get()
    assert b"Nobody is in this group yet" in editor.get(url("group", group)).content
    editor.post(url("add_members", group), {"contact": [three[0].pk, three[1].pk, 999_999]})
    assert GroupMembership.objects.count() == 2
    assert list(editor.get(url("add_members", group)).context["object_list"]) == [three[2]]
    editor.post(url("group", group), {"contact": [three[0].pk]})
    assert GroupMembership.objects.count() == 1
    assert editor.post(url("add_group", register), {"name": "board"}).status_code == 422
    child = Group.objects.create(register=register, name="Chair", parent=group)
    answer = editor.post(url("edit_group", group), {"name": "Board", "parent": child.pk})
    assert answer.status_code == 422, "no group stands below itself"
    page = editor.post(url("contact_group", three[2]), {"join": group.pk}, follow=True).content.decode()
    assert "is in “Board” now." in page
    assert "Take out of “Board”" in page
    assert f'<option value="{child.pk}">' in page
    assert f'<option value="{group.pk}">' not in page
    page = editor.post(url("contact_group", three[2]), {"leave": group.pk}, follow=True).content.decode()
    assert "is not in “Board” any more." in page
    assert "In no group." in page
    editor.post(url("contact_group", three[2]), {"join": "999999"})
    assert GroupMembership.objects.count() == 1
    asked = editor.get(url("delete_group", group)).content.decode()
    assert (
        "1 contact is no longer a member, and stays in the register. Who was a member cannot be brought back." in asked
    )
    editor.post(url("delete_group", group))
    assert not Group.objects.exists()
    assert Contact.objects.count() == 3


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_an_export_has_a_purpose_and_is_written_down(three, register, editor, fmt):
    data = {"columns": ["first_name", "phone", "attributes.interests"], "format": fmt}
    answer = editor.post(url("export", register), data)
    assert answer.status_code == 422
    assert not Export.objects.exists()
    answer = editor.post(url("export", register), {**data, "purpose": "Newsletter"})
    body = b"".join(answer)
    export, entry = Export.objects.get(), AccessLog.objects.get(action="export")
    assert (export.purpose, export.count, export.fields) == ("Newsletter", 3, data["columns"])
    assert (entry.purpose, entry.count, entry.user) == ("Newsletter", 3, editor.user)
    if fmt == "csv":
        table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
        assert table[0] == ["First name", "Phone", "Interests"]
        assert ["'=1+1", "+358401234562", "musiikki"] in table


def test_an_export_of_a_group_is_the_group(three, register, editor):
    group = Group.objects.create(register=register, name="Board")
    add_to_group(group=group, contacts=[three[0].pk])
    page = f"{url('export', register)}?group={group.pk}"
    assert b"Export 1 contact" in editor.get(page).content
    body = b"".join(editor.post(page, {"columns": ["first_name"], "format": "csv", "purpose": "x"}))
    assert body.decode("utf-8-sig").split() == ["First", "name", "Aino"] or b"Aino" in body
    assert b"Bo\r\n" not in body


def test_a_stop_is_looked_up_and_lifted_by_an_owner_only(three, editor, owner, organisation):
    suppress(organisation_id=organisation.pk, channel="email", address="p0@example.fi", kind="unsubscribed")
    page = reverse("registers:suppressions")

    def stopped():
        return suppressed(organisation_id=organisation.pk, channel="email", addresses=["p0@example.fi"])

    assert b"Unsubscribed" in editor.post(page, {"address": "P0@example.fi"}).content
    assert b"p0@example.fi" not in editor.get(page).content
    editor.post(page, {"address": "p0@example.fi", "act": "lift", "reason": "asked"})
    assert stopped()
    owner.post(page, {"address": "p0@example.fi", "act": "lift", "reason": ""})
    assert stopped()
    owner.post(page, {"address": "p0@example.fi", "act": "lift", "reason": "asked by phone"})
    assert not stopped()
    assert Activity.objects.filter(contact=three[0], kind="suppression_lifted").exists()
    for _again in range(2):
        editor.post(page, {"address": "P0@example.fi", "act": "stop"})
    assert stopped()
    assert Activity.objects.filter(contact=three[0], kind="suppressed").count() == 1
    assert editor.post(page, {"address": "nonsense"}).status_code == 422


def test_who_gives_another_address_to_somebody_who_said_no_is_told(three, editor, organisation):
    suppress(organisation_id=organisation.pk, channel="email", address="p0@example.fi", kind="unsubscribed")
    suppress(organisation_id=organisation.pk, channel="email", address="p1@example.fi", kind="hard_bounce")

    def told(contact, email):
        page = editor.post(url("edit_contact", contact), {"first_name": "Aino", "email": email}, follow=True)
        return "any more. Campaigns will be sent to" in page.content.decode()

    assert [told(three[0], "P0@example.fi"), told(three[1], "new@example.fi"), told(three[0], "")] == [False] * 3
    three[0].refresh_from_db()
    assert told(three[0], "p0@example.fi") is False
    assert told(three[0], "other@example.fi") is True


def test_a_number_without_country_code_is_stopped_in_the_country_of_the_organisation(editor, organisation):
    organisation.region = "DE"
    organisation.save()
    editor.post(reverse("registers:suppressions"), {"address": "040 1234567", "act": "stop"})
    numbers = ["+49401234567", "+358401234567"]
    assert list(suppressed(organisation_id=organisation.pk, channel="sms", addresses=numbers)) == numbers[:1]


def test_who_is_in_a_group_below_is_told_where_to_be_removed(three, editor, register):
    choir = Group.objects.create(register=register, name="Choir")
    altos = Group.objects.create(register=register, name="Altos", parent=choir)
    add_to_group(group=altos, contacts=[three[0].pk])
    add_to_group(group=choir, contacts=[three[1].pk])
    assert "1, and those of 1 group below" in editor.get(url("groups")).content.decode()
    page = editor.post(url("group", choir), {"contact": [three[0].pk]}, follow=True).content.decode()
    assert "1 contact stays here as a member of a group below this one. Remove it there." in page
    assert "no longer" not in page
    page = editor.post(url("group", choir), {"contact": [row.pk for row in three[:2]]}, follow=True).content.decode()
    assert "1 contact is no longer a member." in page
    assert "1 contact stays here" in page
    assert "Tick the people first." in editor.post(url("group", choir), follow=True).content.decode()
    assert GroupMembership.objects.filter(group=altos).count() == 1


def test_the_search_of_the_menu_leads_to_people(register, three, editor, stranger):
    assert reverse("registers:find_people") in editor.get("/admin/pages/search/?q=Bo").content.decode()
    find = reverse("registers:find_people")
    for text, where in (("Bo", f"{url('contacts', register)}?q=Bo"), ("Nobody \x00", reverse("registers:index"))):
        assert editor.get(find, {"q": text})["Location"] == where
    another = create_register(name="Donors")
    save_contact(register=another, values={"first_name": "Bo"}, source="test")
    save_contact(register=another, values={"first_name": "Bo", "last_name": "Ek"}, source="test")
    page = editor.get(find, {"q": "Bo"}, follow=True)
    assert page.redirect_chain[0][0] == f"{url('contacts', another)}?q=Bo"
    assert f"1 contact of “{register.name}” is found, too." in page.content.decode()
    assert stranger.get(find, {"q": "Bo"})["Location"] == reverse("registers:index")
