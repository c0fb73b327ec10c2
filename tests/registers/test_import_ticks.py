"""Several columns of a file into one column of several choices."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from registers.books import create_register
from registers.contacts import save_contact
from registers.imports.remembering import recall
from registers.imports.undoing import confirm_undo, start_undo
from registers.imports.uploading import add_choices
from registers.models import Contact
from tests.registers.importing import check, confirm, outcome, upload, work

INTERESTS = "attributes.interests"
FILE = (
    "email;Chess;Music;Also\n"
    "a@example.fi;x;;\n"
    "b@example.fi;Kyllä;1;dance, chess\n"
    "c@example.fi;no;-;\n"
    "d@example.fi;;ei;Music\n"
)
TARGETS = ["email", INTERESTS, INTERESTS, INTERESTS]


@pytest.fixture
def club(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    options = ["Chess", "Music", "Dance"]
    return create_register(
        name="Club", fields=[{"label": "Interests", "type": "multiple_choice", "options": options}, {"label": "Diet"}]
    )


def uploaded(club, text=FILE):
    return upload(club, io.BytesIO(text.encode()))


def interests():
    return {contact.email[0]: contact.attributes.get("interests") for contact in Contact.objects.order_by("email")}


def test_columns_of_yes_and_no_are_put_together_with_lists(club):
    batch = check(uploaded(club), targets=TARGETS)
    dry = outcome(batch)
    assert outcome(confirm(batch)) == dry
    assert interests() == {"a": ["chess"], "b": ["chess", "music", "dance"], "c": None, "d": ["music"]}


def test_columns_called_like_a_choice_go_there_by_themselves(club):
    batch = uploaded(club)
    assert [entry["target"] for entry in batch.mapping] == ["email", INTERESTS, INTERESTS, "new"]
    batch = uploaded(club, "email;Music\na@example.fi;x\nb@example.fi;\n")
    confirm(check(batch))
    assert interests() == {"a": ["music"], "b": None}


def test_a_column_that_is_no_choice_yet_becomes_one_on_a_click(club):
    batch = check(uploaded(club, FILE.replace("Also", "Sauna").replace("dance, chess", "X")), targets=TARGETS)
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", "rejected", "created", "created"]
    assert "“Sauna” is not among the choices" in outcome(batch)[1][2][0]
    batch = confirm(work(add_choices(batch=batch, columns=["interests"])))
    assert interests()["b"] == ["chess", "music", "sauna"]


def test_what_cannot_be_understood_is_told_by_row_and_the_rest_of_it_may_go_in(club):
    batch = check(uploaded(club, FILE.replace("dance, chess", "golf")), targets=TARGETS, mistakes="skip")
    assert "golf" in outcome(batch)[1][2][0]
    confirm(batch)
    assert interests()["b"] == ["chess", "music"]


def test_any_other_column_is_named_once(club):
    with pytest.raises(ValidationError, match="More than one column of the file goes to: Diet"):
        check(uploaded(club), targets=["email", "attributes.diet", "attributes.diet", ""])


def test_they_follow_one_rule(club):
    with pytest.raises(ValidationError, match="different rules"):
        check(uploaded(club), targets=TARGETS, rules=["", "fill", "", ""])
    save_contact(register=club, values={"email": "a@example.fi", "interests": ["music"]}, source="t")
    confirm(check(uploaded(club), targets=TARGETS, rules=["", "fill", "fill", "fill"]))
    assert interests()["a"] == ["music"]


def test_undo_gives_back_what_was_ticked_and_the_mapping_is_remembered(club):
    save_contact(register=club, values={"email": "a@example.fi", "interests": ["music"]}, source="t")
    batch = confirm(check(uploaded(club), targets=TARGETS))
    assert interests()["a"] == ["chess"]
    assert recall(club, ["email", "Chess", "Music", "Also"]) is not None
    assert [entry["target"] for entry in uploaded(club).mapping] == TARGETS
    work(start_undo(batch=batch, user=None))
    work(confirm_undo(batch=batch, user=None))
    assert interests() == {"a": ["music"]}


def test_the_page_says_so(club, editor):
    page = editor.get(reverse("registers:import_step", args=[uploaded(club).pk]))
    assert "More than one column of the file may go to Interests" in page.content.decode()
