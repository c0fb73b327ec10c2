"""A page is copied as one of its own: an alias of an event would give its seats away a second time."""

import pytest
from django.apps import apps

from organisations.copies import CopyOnlyForm
from sites.models import ContentPage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["contentpage", "rsvppage", "signuppage", "emailpage"])
def test_no_page_that_is_made_here_is_offered_as_an_alias(model):
    app = "mailer" if model == "emailpage" else "sites"
    assert apps.get_model(app, model).copy_form_class is CopyOnlyForm


def test_a_page_is_copied_but_not_followed(cast):
    page = cast.choir.home_page.add_child(instance=ContentPage(title="About us"))
    html = cast.editor.client.get(f"/admin/pages/{page.pk}/copy/").content.decode()
    assert 'name="new_slug"' in html
    assert 'name="alias"' not in html
