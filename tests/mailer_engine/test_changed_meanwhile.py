"""Two editors have the same form open: the later one writes over what the other has saved only where they say so."""

import pytest

from tests.forms import opened
from tests.mailer_engine.conftest import words

pytestmark = pytest.mark.django_db


def test_what_a_colleague_has_saved_is_named_before_it_is_written_over(editor, draft):
    address = f"/admin/campaigns/edit/{draft.pk}/"
    mine, theirs = opened(editor, address), opened(editor, address)
    assert editor.post(address, theirs | {"name": "Autumn", "exclude": theirs["include"]}).status_code == 302
    answer = editor.post(address, mine | {"name": "Winter"})
    assert "What stands there now is not the same in: Name, Who is left out." in words(answer)
    draft.refresh_from_db()
    assert (draft.name, draft.audience["exclude"]) == ("Autumn", draft.audience["include"])
    again = mine | {"name": "Winter", "seen": answer.context["form"]["seen"].value()}
    assert editor.post(address, again).status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.audience["exclude"]) == ("Winter", [])


def test_a_form_of_nothing_but_the_fields_of_its_model_asks_as_well(editor, sender):
    address = f"/admin/senders/edit/{sender.pk}/"
    mine = opened(editor, address)
    assert editor.post(address, mine | {"name": "The choir"}).status_code == 302
    assert "not the same in: Name." in words(editor.post(address, mine | {"name": "Our choir"}))
    # Who has written the same by chance is not asked.
    assert editor.post(address, mine | {"name": "The choir"}).status_code == 302


def test_the_same_sender_is_not_made_twice(editor, sender):
    answer = editor.post("/admin/senders/new/", {"name": sender.name, "email": sender.email})
    assert "There is already a sender with this name and address." in words(answer)
