"""Pictures are drawn when a page is published: the first visitor's GET writes nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.images.tests.utils import get_test_image_file

from organisations.models import Image, Rendition
from sites.models import ContentPage, HomePage


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lake(choir):
    return Image.objects.create(title="Lake", file=get_test_image_file(size=(1600, 1200)), collection=choir.collection)


def get(path):
    """The page, with one picture, got without changing any table."""
    with CaptureQueriesContext(connection) as queries:
        response = Client().get(path)
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert response.status_code == 200
    assert response.content.count(b"/media/images/") == 1


def test_an_events_picture_is_there_before_its_first_visitor(make_event, lake):
    make_event(image=lake)
    assert Rendition.objects.filter(image=lake, filter_spec="fill-1280x560").count() == 1
    get("/choir/summer-party/")


@pytest.mark.parametrize("kind", ["home", "content"])
def test_pictures_among_blocks_are_too(choir, lake, kind):
    page = HomePage.objects.get(pk=choir.home_page_id)
    if kind == "content":
        page = page.add_child(instance=ContentPage(title="Programme", slug="programme"))
    page.body = [("picture", {"image": lake, "alt": "A lake", "caption": ""})]
    page.save_revision()
    assert not Rendition.objects.exists()
    page.get_latest_revision().publish()
    get(page.get_url())


def test_nothing_is_drawn_for_what_is_not_live(make_event, lake):
    event = make_event()
    event.image = lake
    event.save_revision()
    assert not Rendition.objects.exists()


def test_a_picture_whose_file_is_gone_keeps_no_page_from_being_published(make_event, lake):
    lake.file.storage.delete(lake.file.name)
    make_event(image=lake)
    assert Client().get("/choir/summer-party/").status_code == 200
