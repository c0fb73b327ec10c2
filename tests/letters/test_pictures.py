"""A picture is made in its sizes when the e-mail is ready: no GET has to."""

import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file, get_test_image_file_webp

from organisations.models import Rendition, Theme
from organisations.pictures import prepare


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(cast):
    collection = cast.choir.collection
    return get_image_model().objects.create(
        title="P", file=get_test_image_file(size=(1600, 900)), collection=collection
    )


def specs():
    return set(Rendition.objects.values_list("filter_spec", flat=True))


def block(picture):
    return {"picture": picture, "caption": "", "link": ""}


def test_a_ready_email_has_its_pictures_and_reading_it_makes_none(page, picture, client):
    column = {"left": [("picture", block(picture))], "right": []}
    page.body = [("picture", block(picture)), ("columns", column)]
    page.save_revision().publish()
    assert specs() == {"width-1072", "width-512"}
    assert "width-1072" in client.get(page.url).text
    assert Rendition.objects.count() == 2


def test_no_mail_has_a_picture_that_outlook_does_not_show(cast, page):
    webp = get_test_image_file_webp(filename="p.webp", size=(640, 480))
    picture = get_image_model().objects.create(title="P", file=webp, collection=cast.choir.collection)
    page.body = [("picture", block(picture))]
    page.save_revision().publish()
    assert Rendition.objects.get().file.name.endswith(".jpg")


def test_the_logo_is_made_when_it_is_chosen(cast, page, picture, client):
    theme = Theme.objects.get(organisation=cast.choir)
    theme.logo = picture
    theme.save()
    assert specs() == {"max-400x96|format-png"}
    client.get(page.url)
    assert Rendition.objects.count() == 1


def test_a_picture_without_file_stops_nobody(page, picture, caplog):
    picture.file.storage.delete(picture.file.name)
    prepare(picture, ["width-100"])
    prepare(None, ["width-100"])
    page.body = [("picture", block(picture))]
    page.save_revision().publish()
    assert "has no file" in caplog.text
    assert "could not be made" in caplog.text
