"""What Wagtail finds and what it knows to be in use, after a page was saved."""

import pytest
from django.db import transaction
from wagtail.models import Page, ReferenceIndex

from organisations.models import Image
from sites.models import ContentPage, HomePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(cast):
    return HomePage.objects.get(pk=cast.choir.home_page_id)


def found(words):
    return [page.title for page in Page.objects.search(words)]


def test_a_page_is_found_by_the_title_it_has(home):
    page = home.add_child(instance=ContentPage(title="Rehearsals", slug="rehearsals"))
    assert found("rehearsals") == ["Rehearsals"]
    page.title = "Concerts"
    page.save()
    assert not found("rehearsals")
    assert found("concerts") == ["Concerts"]


def test_a_picture_is_in_use_until_no_page_shows_it(home, cast):
    image = Image.objects.create(title="Choir", file="choir.png", width=1, height=1, collection=cast.choir.collection)
    page = home.add_child(instance=ContentPage(title="About us", slug="about", body=[("picture", {"image": image})]))
    assert ReferenceIndex.get_references_to(image).count() == 1
    page.body = []
    page.save()
    assert not ReferenceIndex.get_references_to(image).exists()


def test_many_saves_are_read_once(home, monkeypatch):
    read = []
    monkeypatch.setattr(ReferenceIndex, "create_or_update_for_object", read.append)
    with transaction.atomic():
        for _ in range(3):
            home.save()
        assert not read
    assert read == [home]
    home.save()
    assert read == [home, home]


def test_what_is_rolled_back_is_not_found_and_what_comes_after_is(home):
    with transaction.atomic():
        nested = transaction.savepoint()
        home.title = "Never"
        home.save()
        transaction.savepoint_rollback(nested)
        home.title = "Vocal ensemble"
        home.save()
    assert not found("never")
    assert found("vocal") == ["Vocal ensemble"]
