"""Another type for a column: shown before, done in chunks, nothing lost."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from registers.books import change_field, create_register
from registers.contacts import save_contact
from registers.models import AccessLog, Contact, Field, TypeChange
from registers.retyping import changing
from registers.retyping.changing import change_type, run_type_change, wake_stranded_changes
from registers.retyping.reading import preview
from registers.segments import compile_rule
from tests.registers.importing import check, upload

pytestmark = pytest.mark.django_db
TEXTS = ["1.2.2020", "2020-02-01", "3/4/2021", "soon", "n/a", "soon"]


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    register = create_register(name="R", fields=[{"label": "Joined", "section": "Membership"}])
    for at, text in enumerate([*TEXTS, ""]):
        save_contact(register=register, values={"external_id": str(at), "joined": text}, source="test")
    return register


def column(register, key="joined"):
    return Field.objects.get(register=register, key=key)


def values(key):
    found = Contact.objects.order_by("external_id").values_list("attributes", flat=True)
    return [attributes.get(key) for attributes in found]


def change(register, kind):
    started = change_type(field=column(register), type=kind, user=None)
    run_type_change(started.pk)
    started.refresh_from_db()
    return started


def test_the_page_shows_what_would_become_of_it_and_changes_nothing(editor, register):
    url = reverse("registers:change_type", args=[register.pk, column(register).pk])
    page = editor.get(url, {"to": "date"})
    shown = page.context["preview"]
    assert (shown.readable, shown.unreadable, shown.examples) == (3, 3, [("soon", 2), ("n/a", 1)])
    assert "<strong>3</strong> values can be read as “Date”." in page.content.decode()
    assert column(register).type == "text"
    assert values("joined") == [*TEXTS, None]


def test_whoever_looks_at_the_values_is_written_down(editor, register):
    url = reverse("registers:change_type", args=[register.pk, column(register).pk])
    editor.get(url)
    editor.get(url, {"to": "long_text"})
    assert not AccessLog.objects.exists()  # nothing of anybody's was shown
    editor.get(url, {"to": "date"})
    editor.get(url, {"to": "choice"})
    logged = AccessLog.objects.order_by("pk").values_list("action", "subject", "count", "fields")
    subject = f"register:{register.pk}"
    assert list(logged) == [("list", subject, 3, ["Joined"]), ("list", subject, 6, ["Joined"])]


def test_it_reads_what_can_be_read_and_keeps_all_as_it_was(editor, register):
    url = reverse("registers:change_type", args=[register.pk, column(register).pk])
    page = editor.post(url, {"to": "date"}, follow=True).content.decode()
    assert "3 values are now of the type “Date”." in page
    assert "“Joined (before)”" in page
    assert values("joined") == ["2020-02-01", "2020-02-01", "2021-04-03", None, None, None, None]
    assert values("joined_before") == [*TEXTS, None]
    before = column(register, "joined_before")
    assert (before.type, before.retired, before.section) == ("text", True, "Membership")
    rule = {"match": "all", "conditions": [{"column": "attributes.joined", "op": "after", "value": "1.1.2021"}]}
    assert [each.external_id for each in Contact.objects.filter(compile_rule(rule, register))] == ["2"]


def test_it_is_taken_back_by_bringing_back_the_retired_column(register):
    change(register, "date")
    before = column(register, "joined_before")
    change_field(field=before, label="Joined", retired=False)
    assert values("joined_before") == [*TEXTS, None]


@pytest.mark.parametrize(
    ("old", "new", "given", "becomes"),
    [
        ("number", "text", "12,5", "12.5"),
        ("text", "number", "1 200,50", 1200.5),
        ("text", "money", "12 €", "12.00 EUR"),
        ("money", "number", "12.50 EUR", 12.5),
        ("yes_no", "text", "yes", "yes"),
        ("text", "yes_no", "kyllä", True),
        ("text", "country", "Suomi", "FI"),
        ("country", "text", "Finland", "Finland"),
        ("text", "phones", "040 1234567, 050 7654321", ["+358401234567", "+358507654321"]),
        ("phone", "phones", "040 1234567", ["+358401234567"]),
        ("text", "choice", "Red", "red"),
        ("text", "multiple_choice", "Red, Green", ["red", "green"]),
        ("date", "text", "1.2.2020", "2020-02-01"),
        ("text", "long_text", "a", "a"),
    ],
)
def test_types_become_each_other(organisation, old, new, given, becomes):
    register = create_register(name="R", fields=[{"label": "Joined", "type": old}])
    save_contact(register=register, values={"first_name": "A", "joined": given}, source="test")
    change(register, new)
    assert values("joined") == [becomes]


def test_choices_come_from_what_stands_there(register):
    change(register, "choice")
    assert {option.label for option in column(register).option_list} == set(TEXTS)
    assert not TypeChange.objects.get().unreadable


def test_too_many_choices_are_refused_before(register):
    people = [
        Contact(register=register, external_id=f"x{at}", attributes={"joined": f"value {at}"}) for at in range(400)
    ]
    Contact.objects.bulk_create(people)
    assert preview(column(register), "choice").obstacle
    with pytest.raises(ValidationError):
        change_type(field=column(register), type="choice", user=None)
    assert column(register).type == "text"


def test_a_killed_worker_loses_nothing_and_does_nobody_twice(register, monkeypatch):
    monkeypatch.setattr(changing, "CHUNK", 2)
    started = change_type(field=column(register), type="date", user=None)
    write, calls = changing._write, []

    def dies(contacts):
        write(contacts)
        calls.append(len(contacts))
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(changing, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        run_type_change(started.pk)
    started.refresh_from_db()
    assert (started.converted + started.unreadable, started.finished_at) == (2, None)
    run_type_change(started.pk)
    run_type_change(started.pk)
    started.refresh_from_db()
    assert (started.converted, started.unreadable) == (3, 3)
    assert started.finished_at
    assert values("joined_before") == [*TEXTS, None]


def test_the_sweep_wakes_what_was_left_lying(register, monkeypatch):
    started = change_type(field=column(register), type="date", user=None)
    woken = []
    monkeypatch.setattr(changing, "wake", lambda _queue, _func, pk: woken.append(pk))
    wake_stranded_changes()
    assert woken == []
    TypeChange.objects.update(touched_at="2020-01-01T00:00Z")
    wake_stranded_changes()
    wake_stranded_changes()
    assert woken == [started.pk]


def test_while_it_is_under_way_no_other_is_begun_and_lists_still_show(editor, register):
    change_type(field=column(register), type="date", user=None)
    with pytest.raises(ValidationError):
        change_type(field=column(register), type="number", user=None)
    url = reverse("registers:contact", args=[Contact.objects.get(external_id="3").pk])
    assert "soon" in editor.get(url).content.decode()


def test_an_import_that_has_been_checked_comes_first(register):
    from io import BytesIO

    batch = check(upload(register, BytesIO(b"external id;Joined\n1;later\n")))
    with pytest.raises(ValidationError) as refusal:
        change_type(field=column(register), type="date", user=None)
    assert batch.original_name in str(refusal.value)


def test_viewers_and_strangers_do_not_get_there(viewer, stranger, register):
    url = reverse("registers:change_type", args=[register.pk, column(register).pk])
    assert viewer.get(url).status_code in (302, 403)
    assert stranger.get(url).status_code == 404
