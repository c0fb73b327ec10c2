"""Values of a file that are not among the choices of their column: told in one place, added on one click."""

import io
import threading

import pytest
from django.db import connection
from django.urls import reverse

from organisations import scope
from registers.books import add_options, create_register
from registers.imports.running import run_import
from registers.imports.uploading import add_choices
from registers.models import Contact, Field, Import, ImportRow
from tests.registers.importing import check, confirm, import_text, outcome, upload, work


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(
        name="Choir",
        fields=[
            {"label": "Town", "type": "choice", "options": ["Helsinki", "Jyväskylä"]},
            {"label": "Voices", "type": "multiple_choice", "options": ["alto"]},
        ],
    )


def table(*lines):
    return io.BytesIO("\n".join(lines).encode())


MESSY = (
    "email;Town;Voices",
    "a@example.fi;Espoo;Alto",
    "b@example.fi;espoo;alto, Tenor",
    "c@example.fi; ESPOO  ;tenor|Bass",
    "d@example.fi;Espoo;",
    "e@example.fi;hELSINKI;ALTO",
    "f@example.fi;Jyvaskyla;",
    "g@example.fi;!;",
    f"h@example.fi;{'x' * 61};",
    "i@example.fi;;",
    'j@example.fi;<b>"Å" & =1+1</b>;bass;',
    "k@example.fi;Sankt  Petersburg;",
    "l@example.fi;Sankt\u00a0Petersburg;",
)


def options(register, key):
    return [(option["code"], option["label"]) for option in register.fields.get(key=key).options]


def press(client, batch, *columns):
    return client.post(reverse("registers:import_choices", args=[batch.pk]), {"column": columns})


def page(client, batch):
    return client.get(reverse("registers:import_step", args=[batch.pk]))


def test_one_click_adds_the_choices_and_the_rows_go_in(register, editor):
    batch = check(upload(register, table(*MESSY)))
    assert batch.count_rows() == {"created": 3, "rejected": 9}
    town, voices = page(editor, batch).context["missing"]
    assert (town.label, town.most_frequent) == (
        "Town", [("Espoo", 4), ("Sankt Petersburg", 2), ('<b>"Å" & =1+1</b>', 1)],
    )  # fmt: skip
    assert (voices.label, voices.most_frequent) == ("Voices", [("Bass", 2), ("Tenor", 2)])
    html = page(editor, batch).content.decode()
    assert "3 values of the file are not among its choices" in html
    assert "Add these choices" in html
    assert "<b>&quot;Å" not in html
    press(editor, batch, "town", "voices")
    batch = work(batch)
    assert batch.state == Import.State.READY
    assert batch.count_rows() == {"created": 10, "rejected": 2}  # a dash, and 61 letters
    assert page(editor, batch).context["missing"] == []
    assert [label for _code, label in options(register, "town")] == [
        "Helsinki", "Jyväskylä", '<b>"Å" & =1+1</b>', "Espoo", "Sankt Petersburg",
    ]  # fmt: skip
    promised = outcome(batch)
    batch = confirm(batch)
    assert outcome(batch) == promised
    towns = dict(Contact.objects.values_list("email_key", "attributes__town"))
    assert {towns[f"{name}@example.fi"] for name in "abcd"} == {"espoo"}
    assert (towns["e@example.fi"], towns["f@example.fi"]) == ("helsinki", "jyväskylä")
    assert towns["k@example.fi"] == towns["l@example.fi"] == "sankt-petersburg"
    assert Contact.objects.get(email_key="c@example.fi").attributes["voices"] == ["tenor", "bass"]


def test_a_second_click_changes_nothing(register, editor):
    batch = check(upload(register, table(*MESSY)))
    press(editor, batch, "town")
    before = options(register, "town")
    press(editor, batch, "town")  # while it is being checked
    batch = work(batch)
    press(editor, batch, "town")  # and afterwards
    assert Import.objects.get(pk=batch.pk).state == Import.State.READY
    assert options(register, "town") == before
    assert options(register, "voices") == [("alto", "alto")]
    assert [label for _code, label in before].count("Espoo") == 1


def test_a_choice_added_meanwhile_is_not_added_again(register, editor):
    batch = check(upload(register, table(*MESSY)))
    add_options(field=register.fields.get(key="town"), labels=["ESPOO"])
    press(editor, batch, "town")
    assert [label for code, label in options(register, "town") if code == "espoo"] == ["ESPOO"]
    assert work(batch).count_rows()["created"] == 7


def test_so_many_values_look_like_text(register, editor):
    lines = ["email;Town", *(f"p{n}@example.fi;Street {n}" for n in range(101))]
    batch = check(upload(register, table(*lines)))
    html = page(editor, batch).content.decode()
    assert "look like text" in html
    assert "Add these choices" not in html
    press(editor, batch, "town")
    assert len(options(register, "town")) == 2
    assert Import.objects.get(pk=batch.pk).state == Import.State.READY


def test_a_hundred_values_are_added(register, editor):
    lines = ["email;Town", *(f"p{n}@example.fi;Place {n}" for n in range(100))]
    batch = check(upload(register, table(*lines)))
    press(editor, batch, "town")
    assert work(batch).count_rows() == {"created": 100}


def test_a_new_column_takes_its_choices_from_the_file(register, editor):
    lines = ["email;Diet", "a@example.fi;vegan", "b@example.fi;Vegan", "c@example.fi; Vegan ", "d@example.fi;none"]
    batch = check(upload(register, table(*lines)), types=["email", "choice"])
    assert page(editor, batch).context["missing"] == []
    confirm(batch)
    assert options(register, "diet") == [("none", "none"), ("vegan", "Vegan")]


def test_a_new_column_of_too_many_choices_is_told_before_the_import(register, editor):
    lines = ["email;Diet", *(f"p{n}@example.fi;Dish {n}" for n in range(301))]
    batch = check(upload(register, table(*lines)), types=["email", "choice"])
    html = page(editor, batch).content.decode()
    assert "it looks like text" in html
    assert "Import 301 contacts" not in html


def test_it_counts_on_in_the_next_job(register, editor, monkeypatch):
    monkeypatch.setattr("registers.imports.running.CHUNK", 2)
    monkeypatch.setattr("registers.imports.running.SECONDS_PER_JOB", -1.0)
    batch = upload(register, table(*MESSY))
    check(batch)
    for _job in range(10):
        run_import(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Import.State.READY
    assert page(editor, batch).context["missing"][0].most_frequent[0] == ("Espoo", 4)
    assert ImportRow.objects.filter(batch=batch).count() == 12


def test_only_editors_and_only_by_post(register, editor, viewer, stranger):
    batch = check(upload(register, table(*MESSY)))
    url = reverse("registers:import_choices", args=[batch.pk])
    assert editor.get(url).status_code == 405
    assert press(stranger, batch, "town").status_code == 404
    assert press(viewer, batch, "town").status_code in (302, 403, 404)
    assert len(options(register, "town")) == 2


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_lose_no_choice(register, organisation):
    batches = [
        check(upload(register, table("email;Town", *(f"p{n}@example.fi;{word} {n}" for n in range(30)))))
        for word in ("Lake", "Hill")
    ]
    gate = threading.Barrier(2)

    def add(batch):
        with scope.organisation(organisation.pk):
            gate.wait()
            add_choices(batch=batch, columns=["town"])
        connection.close()

    threads = [threading.Thread(target=add, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Field.objects.get(key="town").options) == 62


def test_a_cell_means_the_choice_that_is_called_so_not_one_whose_code_it_is(register):
    rows = [{"code": "5", "label": "-5"}, {"code": "5-2", "label": "5"}]  # as codes were made once
    register.fields.filter(key="town").update(options=rows)
    import_text(register, "email;Town\na@example.fi;5\nb@example.fi;-5\n")
    assert dict(Contact.objects.values_list("email", "attributes__town")) == {
        "a@example.fi": "5-2", "b@example.fi": "5",
    }  # fmt: skip
