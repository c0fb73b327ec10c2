"""Lists of pages are filtered by those who work on them; people of other organisations are not named."""

import re

import pytest
from wagtail.models import Site

from mailer.models import EmailIndexPage, EmailPage
from sites.models import ContentPage

pytestmark = pytest.mark.django_db


def written_by(person, organisation):
    """A page that somebody has made and changed, through the screens."""
    home = organisation.home_page
    blocks = {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    words = {"title": "About us", "slug": "about-us", "introduction": "null", **blocks}
    assert person.client.post(f"/admin/pages/add/sites/contentpage/{home.pk}/", words).status_code == 302
    page = ContentPage.objects.child_of(home).get()
    assert person.client.post(f"/admin/pages/{page.pk}/edit/", words).status_code == 302


@pytest.mark.parametrize("address", ["/admin/pages/{home}/", "/admin/emails/"])
def test_one_filters_by_ones_own_people(cast, address):
    written_by(cast.editor, cast.choir)
    written_by(cast.stranger, cast.theatre)
    EmailIndexPage.objects.child_of(cast.choir.home_page).get().add_child(
        instance=EmailPage(title="Letter", subject="Hello")
    )
    html = cast.owner.client.get(address.format(home=cast.choir.home_page_id), follow=True).content.decode()
    assert len(re.findall(r"Eero\s*</label>", html)) == 2  # made by, changed by
    assert "Siiri" not in html


def test_no_other_organisations_host_name_is_offered(cast):
    Site.objects.create(hostname="theatre.example", root_page=cast.theatre.home_page)
    html = cast.editor.client.get(f"/admin/pages/{cast.choir.home_page_id}/").content.decode()
    assert "theatre.example" not in html


def test_who_wrote_nothing_here_filters_nothing(cast):
    written_by(cast.stranger, cast.theatre)
    address = f"/admin/pages/{cast.choir.home_page_id}/?owner={cast.stranger.user.pk}"
    assert "Siiri" not in cast.editor.client.get(address).content.decode()
