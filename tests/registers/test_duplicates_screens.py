"""Looking for duplicates, comparing and merging, as an editor does it."""

import pytest

from organisations import scope
from registers.books import create_register
from registers.contacts import save_contact
from registers.couples import make_couple
from registers.duplicates.merging import merge
from registers.models import AccessLog, Contact, DuplicateSearch, MergeRecord, NotSame
from tests.forms import forms_on
from tests.registers.addresses import url


@pytest.fixture
def pair(register):
    return [
        save_contact(register=register, values=values, source="test", match_email=False)
        for values in (
            {"first_name": "Anna", "last_name": "Ek", "email": "anna@example.fi", "city": "Turku"},
            {"first_name": "Anna", "last_name": "Ek", "email": "anna@example.fi", "phone": "0401234567"},
        )
    ]


def compare(client, register, contacts):
    return client.get(url("compare", register.pk), {"contact": [contact.pk for contact in contacts]})


def form(page, **more):
    """What the browser would send: all that is preset."""
    context = page.context
    data = {
        "contact": [contact.pk for contact in context["contacts"]],
        "seen": context["seen"],
        "keep": context["keep"],
    }
    for row in context["rows"]:
        for contact, _text, chosen in row["cells"]:
            if row["differs"] and chosen:
                data[f"value-{row['key']}"] = contact.pk
    return data | more


def test_an_editor_searches_compares_merges_and_takes_it_back(editor, register, pair):
    page = editor.get(url("duplicates", register.pk))
    assert "Is somebody here twice?" in page.content.decode()
    assert not DuplicateSearch.objects.exists()
    page = editor.post(url("duplicates", register.pk), follow=True)
    text = page.content.decode()
    assert "Almost certainly one person" in text
    assert "same name, same e-mail address" in text
    assert "Among 2 contacts 1 possible duplicate was found." in text
    page = editor.get(page.context["found"][0]["url"])
    assert page.context["differing"] == 2
    done = editor.post(url("compare", register.pk), form(page), follow=True)
    kept = Contact.objects.get()
    assert done.redirect_chain[-1][0] == url("contact", kept.pk)
    assert "The only one in this list" in editor.get(url("contacts", register.pk)).content.decode()
    assert "Among 1 contact 0" in editor.post(url("duplicates", register.pk), follow=True).content.decode()
    assert "To the next duplicates" not in done.content.decode(), "there are none"
    assert (kept.city, kept.phone) == ("Turku", "+358401234567")
    assert "Merged with another contact" in done.content.decode()
    assert AccessLog.objects.filter(purpose="Merged", subject=f"contact:{kept.pk}", count=2).exists()
    record = MergeRecord.objects.get()
    assert "Take back" in editor.get(url("merges", register.pk)).content.decode()
    assert "2 contacts again" in editor.get(url("undo_merge", record.pk)).content.decode()
    done = editor.post(url("undo_merge", record.pk), follow=True)
    assert Contact.objects.count() == 2
    assert "Merge taken back" in done.content.decode()
    assert "taken back already" in editor.post(url("undo_merge", record.pk), follow=True).content.decode()


def test_a_double_click_merges_once_and_says_so(editor, register, pair):
    data = form(compare(editor, register, pair))
    editor.post(url("compare", register.pk), data)
    again = editor.post(url("compare", register.pk), data, follow=True)
    assert "merged already" in again.content.decode()
    assert MergeRecord.objects.count() == 1
    looked = compare(editor, register, pair)
    assert looked.url == url("contact", Contact.objects.get().pk)


def test_from_one_merge_it_goes_on_to_the_next_duplicates(editor, register, pair):
    for phone in ("0409876543", ""):
        values = {"first_name": "Bo", "last_name": "Lind", "email": "bo@example.fi", "phone": phone}
        save_contact(register=register, values=values, source="test", match_email=False)
    page = editor.post(url("duplicates", register.pk), follow=True)
    page = editor.get(page.context["found"][0]["url"])
    done = editor.post(url("compare", register.pk), form(page), follow=True).content.decode()
    assert "Take back" in done
    assert f'href="{url("duplicates", register.pk)}"' in done
    assert "To the next duplicates" in done


def test_not_the_same_is_remembered(editor, register, pair):
    page = editor.post(url("duplicates", register.pk), follow=True)
    done = editor.post(url("not_same", register.pk), {"set": page.context["found"][0]["pk"]}, follow=True)
    assert "Remembered as different people" in done.content.decode()
    assert NotSame.objects.count() == 1
    assert editor.post(url("duplicates", register.pk), follow=True).context["likely"] == 0


def test_the_contact_list_leads_to_the_comparison(editor, register, pair):
    ids = [contact.pk for contact in pair]
    assert "Compare and merge" in editor.get(url("contacts", register.pk)).content.decode()
    done = editor.post(url("bulk", register.pk), {"act": "compare", "contact": ids}, follow=True)
    assert done.context["contacts"] == pair
    done = editor.post(url("bulk", register.pk), {"act": "compare", "contact": ids[:1]}, follow=True)
    assert "two to six" in done.content.decode()


@pytest.mark.parametrize("query", ["", "contact=1", "contact=x&contact=²", "contact=-1&contact=99999999999999999999"])
def test_odd_addresses_are_no_mistake(editor, register, query):
    assert editor.get(f"{url('compare', register.pk)}?{query}").status_code in (302, 404)
    assert editor.post(url("compare", register.pk), {"contact": query, "keep": "x"}).status_code in (302, 404)
    assert editor.post(url("not_same", register.pk), {"set": query}).status_code == 302
    assert editor.get(f"{url('duplicates', register.pk)}?p=x&show={query}").status_code == 200


def test_what_changed_meanwhile_is_looked_at_again(editor, register, pair):
    data = form(compare(editor, register, pair))
    save_contact(register=register, contact=pair[0], values={"city": "Oulu"}, source="test")
    page = editor.post(url("compare", register.pk), data, follow=True)
    assert "changed meanwhile" in page.content.decode()
    assert Contact.objects.count() == 2


def test_strangers_and_viewers_get_nowhere(viewer, stranger, editor, register, pair, other_organisation):
    record = merge(keep=pair[0].pk, contacts=[contact.pk for contact in pair])
    query = f"?contact={pair[0].pk}&contact={pair[1].pk}"
    paths = [url(name, register.pk) for name in ("duplicates", "merges", "search_progress")]
    paths += [url("compare", register.pk) + query, url("undo_merge", record.pk)]
    for path in paths:
        assert stranger.get(path).status_code == 404
        assert stranger.post(path).status_code in (404, 405)
        assert viewer.get(path).status_code == 302  # Wagtail's refusal
    with scope.organisation(other_organisation.pk):
        foreign = create_register(name="Foreign")
        theirs = save_contact(register=foreign, values={"first_name": "X"}, source="test")
    ours = save_contact(register=register, values={"first_name": "Y"}, source="test")
    mixed = {"contact": [ours.pk, theirs.pk], "keep": ours.pk}
    assert editor.get(url("compare", register.pk), mixed).status_code == 404
    assert editor.post(url("compare", register.pk), mixed).status_code == 404
    assert editor.get(url("compare", foreign.pk), mixed).status_code == 404
    assert editor.post(url("not_same", register.pk), {"contact": mixed["contact"]}).status_code == 302
    assert not NotSame.unscoped.exists()
    assert MergeRecord.unscoped.get().undone_at is None


def test_contacts_of_two_registers_are_not_compared(editor, register, pair):
    other = save_contact(register=create_register(name="Other"), values={"first_name": "Anna"}, source="test")
    assert compare(editor, register, [pair[0], other]).status_code == 404


def test_who_are_a_couple_is_said_before_they_are_made_one(editor, register, pair):
    assert "Couple, with" not in compare(editor, register, pair).content.decode()
    make_couple(first=pair[0], second=pair[1])
    assert ("Couple, with", ["Anna Ek", "Anna Ek"]) in compare(editor, register, pair).context["around"]


def test_what_was_opened_before_a_merge_is_of_the_one_that_stays(editor, stranger, register, pair):
    gone, kept = pair
    edit, note, leave = (url(name, gone) for name in ("edit_contact", "add_note", "delete_contact"))
    typed = dict(forms_on(editor.get(edit).text, edit))[edit] | {"city": "Oulu"}
    merge(keep=kept.pk, contacts=[gone.pk, kept.pk])
    assert editor.get(url("contact", gone))["Location"] == url("contact", kept), "as a reminder's button leads"
    assert editor.post(note, {"text": "Sings alto", "kind": "phone"})["Location"] == url("contact", kept)
    answer = editor.post(edit, typed)
    assert answer.status_code == 422
    assert "Somebody has changed this since you opened it" in answer.text
    assert 'value="Oulu"' in answer.text
    assert editor.post(leave).status_code == 404
    assert Contact.objects.get() == kept
    assert {stranger.get(address).status_code for address in (url("contact", gone), edit, note)} == {404}
