"""The pages of a change of many contacts, and what has been changed lately."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registers.duplicates.merging import merge
from registers.models import AccessLog, Contact, Group, GroupMembership, Import
from tests.registers.addresses import url
from tests.registers.changing import changed, confirm_what_is_shown, counted, seen, three_people
from tests.registers.importing import import_text, work

State = Import.State


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path


@pytest.fixture
def people(register):
    return three_people(register)


def begin(editor, register, data):
    answer = editor.post(url("bulk", register), data)
    assert answer.status_code == 302
    return answer["Location"]


def test_an_editor_changes_a_column_sees_the_count_and_undoes_it(register, people, editor):
    here = begin(editor, register, {"act": "change", "every": "1", "query": ""})
    assert "Which column of 3 contacts" in editor.get(here).content.decode()
    page = editor.get(here, {"column": "city"}).content.decode()
    assert "What is to become of “City” of 3 contacts?" in page
    wrong = editor.post(here, {"column": "city", "does": "set", "value": ""})
    assert wrong.status_code == 422
    assert "Say what to write" in wrong.content.decode()
    page = editor.post(here, {"column": "city", "does": "set", "value": "Kemi"}, follow=True).content.decode()
    assert re.search(r'data-fate="will"><strong>2<', page)
    assert re.search(r'data-fate="same"><strong>1<', page)
    assert "Change 2 contacts" in page
    assert f'href="{here}"' in editor.get("/admin/").content.decode()  # it needs somebody
    assert Contact.objects.filter(city="Kemi").count() == 1
    page = editor.post(f"{here}confirm/", seen(page), follow=True).content.decode()
    assert "2 contacts changed." in page
    batch = Import.objects.get()
    assert f'action="{url("import_undo", batch)}"' in page
    assert Contact.objects.filter(city="Kemi").count() == 3
    assert AccessLog.objects.filter(action="edit", count=2, fields=["City"]).exists()
    listed = editor.get(url("changes", register)).content.decode()
    assert "Change of “City”" in listed
    assert "Undo: restore 2 contacts" in editor.post(url("import_undo", batch), follow=True).content.decode()
    page = editor.post(url("import_undo_confirm", batch), follow=True).content.decode()
    assert "This change has been undone" in page
    assert Contact.objects.filter(city="Kemi").count() == 1
    assert "Undone" in editor.get(url("changes", register)).content.decode()


def test_what_was_planned_anew_in_another_tab_is_not_what_the_first_one_confirms(register, people, editor):
    here = begin(editor, register, {"act": "change", "every": "1", "query": ""})
    page = editor.post(here, {"column": "city", "does": "set", "value": "Kemi"}, follow=True).content.decode()
    editor.post(here, {"column": "email", "does": "empty", "value": ""})
    answer = editor.post(f"{here}confirm/", seen(page), follow=True).content.decode()
    assert "Something else has been chosen meanwhile" in answer
    assert "Empty “E-mail" in answer
    assert Contact.objects.exclude(email="").count() == 3
    confirm_what_is_shown(editor, here)
    assert not Contact.objects.exclude(email="").exists()


def test_a_group_and_a_new_one_are_one_too_many(register, people, editor):
    group = Group.objects.create(register=register, name="Board")
    here = begin(editor, register, {"act": "add", "every": "1", "query": ""})
    answer = editor.post(here, {"group": group.pk, "new_group": "Choir"})
    assert answer.status_code == 422
    assert "not both" in answer.content.decode()


def test_recent_changes_lists_changes_imports_and_merges_the_newest_first(register, people, editor):
    empty = editor.get(url("changes", register)).content.decode()
    assert "Nothing has been changed here together yet" in empty
    import_text(register, "email,city\naino@example.fi,Rauma\n")
    changed(register, people, "city", "set", "Pori")
    merge(keep=people[0].pk, contacts=[people[0].pk, people[1].pk])
    answer = editor.get(url("changes", register))
    assert [row.kind for row in answer.context["rows"]] == ["Merge", "Change", "Import"]
    assert [bool(row.undo_url) for row in answer.context["rows"]] == [True, True, False]  # merged people stay


def test_the_steps_of_an_import_are_not_those_of_a_change(register, people, editor, viewer, stranger):
    batch = counted(register, people, "city", "set", "Pori")
    for name in ("import_confirm", "import_cancel", "import_choices"):
        assert editor.post(url(name, batch)).status_code == 404
    for name in ("import_step", "import_rejects"):
        assert editor.get(url(name, batch)).status_code == 404
    imported = import_text(register, "email\nx@example.fi\n")
    assert editor.get(url("change", imported)).status_code == 404
    assert viewer.post(url("change_confirm", batch)).status_code in (302, 403, 404)
    assert stranger.post(url("change_confirm", batch)).status_code == 404
    assert not Contact.objects.filter(city="Pori").exists()
    editor.post(url("change_stop", batch))
    assert Import.objects.get(pk=batch.pk).state == State.CANCELLED


def test_beyond_a_thousand_a_worker_does_it(register, people, editor, monkeypatch):
    monkeypatch.setattr("registers.bulk.preparing.AT_ONCE", 2)
    here = begin(editor, register, {"act": "change", "every": "1", "query": ""})
    data = {"column": "city", "does": "set", "value": "Kemi"}
    page = editor.post(here, data, follow=True).content.decode()
    assert "Counting how many would change" in page
    batch = work(Import.objects.get())
    confirm_what_is_shown(editor, here)
    assert "Changing them" in editor.get(here).content.decode()
    progress = editor.get(url("import_progress", batch)).json()
    assert (progress["state"], progress["text"]) == ("importing", "0 of 3 contacts")
    work(batch)
    assert "have been changed" in editor.get(here).content.decode()


def test_recent_changes_ask_as_much_for_many_imports_as_for_one(register, people, editor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert "people.csv" in editor.get(url("changes", register)).content.decode()
        return len(captured)

    import_text(register, "email,city\naino@example.fi,Rauma\n")
    queries()  # what the first request of all reads
    one = queries()
    for town in ("Kemi", "Oulu", "Pori"):
        import_text(register, f"email,city\naino@example.fi,{town}\n")
    assert queries() == one


@pytest.mark.django_db(transaction=True)
def test_a_change_is_confirmed_and_taken_back_where_nothing_holds_a_transaction_open(register, people, editor):
    batch = counted(register, people, "city", "set", "Pori")
    page = confirm_what_is_shown(editor, url("change", batch)).content.decode()
    assert "3 contacts changed." in page
    editor.post(url("import_undo", batch))
    editor.post(url("import_undo_confirm", batch))
    assert not Contact.objects.filter(city="Pori").exists()


@pytest.mark.parametrize("more", [{"act": "compare"}, {"act": "add", "contact": ""}, {"act": "back", "confirmed": "1"}])
def test_one_comes_back_to_the_list_as_it_was_searched(register, people, editor, more):
    searched = {"contact": people[0].pk, "query": "q=aino&p=2&odd=%0D%0A"} | more
    assert begin(editor, register, searched) == f"{url('contacts', register)}?q=aino&odd=%0D%0A"
    page = editor.post(url("bulk", register), {"contact": people[0].pk, "query": "q=aino", "act": "delete"})
    assert f'href="{url("contacts", register)}?q=aino"' in page.content.decode()


def test_a_counted_change_leads_back_to_the_list_as_it_was_searched(register, people, editor, owner):
    searched = f"{url('contacts', register)}?q=aino"
    asked = {"act": "change", "contact": people[0].pk, "query": "q=aino&p=2"}
    here = begin(editor, register, asked)
    assert f'href="{searched}"' in editor.get(here, {"column": ""}).content.decode()
    stopped = here.rstrip("/") + "/stop/"
    assert f'href="{url("contacts", register)}"' in owner.get(here, {"column": ""}).content.decode()
    assert editor.post(stopped)["Location"] == searched
    here = begin(editor, register, asked)
    page = editor.post(here, {"column": "city", "does": "set", "value": "Oulu"}, follow=True).content.decode()
    assert editor.post(f"{here}confirm/", seen(page))["Location"] == searched
    assert f'href="{searched}"' in editor.get(here).content.decode()
    begin(editor, register, asked | {"query": "q=eero"})  # in another tab
    assert f'href="{searched}"' in editor.get(here).content.decode()


def test_a_list_that_changes_while_one_looks_is_not_acted_upon(register, people, editor):
    group = Group.objects.create(register=register, name="Altos")
    GroupMembership.objects.create(group=group, contact=people[0])
    asked = {"act": "delete", "every": "1", "query": f"group={group.pk}"}
    page = editor.post(url("bulk", register), asked).content.decode()
    assert "Delete 1 contact " in page
    confirmed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    GroupMembership.objects.create(group=group, contact=people[1])
    page = editor.post(url("bulk", register), confirmed).content.decode()
    assert "the list has changed since you looked" in page
    assert "Delete 2 contacts " in page
    group.delete()
    assert editor.post(url("bulk", register), confirmed).status_code == 302
    assert Contact.objects.count() == 3
    for query in ("group=1", "segment=1", "has=wings"):  # what is no more is not everybody
        assert begin(editor, register, asked | {"query": query}).startswith(url("contacts", register))
    page = editor.post(url("bulk", register), asked | {"query": ""}).content.decode()
    editor.post(url("bulk", register), dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)))
    assert not Contact.objects.exists()
