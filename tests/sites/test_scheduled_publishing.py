"""An event goes public and is taken down at the times its editor has set, by the sweeps of `tick`."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cms.sweeps import publish_scheduled_pages
from organisations.sweeps import registered
from sites.models import Capacity, RsvpPage
from tests.sites.conftest import yes

ADDRESS = "/choir/summer-party/"


@pytest.fixture
def tick(monkeypatch):
    """The sweep that publishes, as `manage.py tick` finds it, at another moment."""
    real = timezone.now
    (sweep,) = (found for found in registered() if found.func is publish_scheduled_pages)
    assert sweep.minutely

    def at(**later):
        monkeypatch.setattr(timezone, "now", lambda: real() + dt.timedelta(**later))
        sweep.func()

    return at


@pytest.fixture
def schedule(cast, event_form):
    """The editor presses “Publish” with times set."""

    def press(event, **moments):
        typed = {name: timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for name, at in moments.items()}
        data = {**event_form(cast.editor.client, event), "go_live_at": "", "expire_at": "", **typed}
        response = cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", {**data, "action-publish": "1"})
        assert response.status_code == 302, response.context["form"].errors

    return press


def test_it_goes_public_at_its_time_and_is_taken_down_at_its_time(event, schedule, tick):
    event.unpublish()
    now = timezone.now()
    schedule(event, go_live_at=now + dt.timedelta(hours=2), expire_at=now + dt.timedelta(hours=5))
    tick(hours=1)
    assert Client().get(ADDRESS).status_code == 404
    tick(hours=3)
    tick(hours=3)
    assert Client().get(ADDRESS).status_code == 200
    assert Client().get(f"{ADDRESS}thank-you/").status_code == 200
    assert Client().post(ADDRESS, yes()).status_code == 303
    tick(hours=6)
    assert Client().get(ADDRESS).status_code == 404
    assert Client().post(ADDRESS, yes(email="ci@example.org")).status_code == 404
    page = RsvpPage.objects.get(pk=event.pk)
    assert (page.live, page.expired) == (False, True)


def test_what_is_scheduled_for_an_open_event_holds_from_that_time_only(event, schedule, tick):
    Client().post(ADDRESS, yes())
    page = RsvpPage.objects.get(pk=event.pk)
    page.capacity = 25
    page.title = "Autumn party"
    page.save_revision()
    schedule(page, go_live_at=timezone.now() + dt.timedelta(hours=2))
    tick(hours=1)
    assert Capacity.objects.get(page=event).seats == 10
    assert "Summer party" in Client().get(ADDRESS).content.decode()
    tick(hours=3)
    assert Capacity.objects.get(page=event).seats == 25
    assert Capacity.objects.get(page=event).taken == 1
    assert "Autumn party" in Client().get(ADDRESS).content.decode()


def test_one_that_cannot_be_published_keeps_no_other_from_it(make_event, event, schedule, tick, caplog):
    later = make_event(title="Autumn party", slug="autumn-party")
    for page, hours in ((event, 1), (later, 2)):
        page.unpublish()
        schedule(page, go_live_at=timezone.now() + dt.timedelta(hours=hours))
    revision = event.revisions.get(approved_go_live_at__isnull=False)
    revision.content |= {"register": 0}  # one that has been deleted since
    revision.save()
    tick(hours=3)
    assert Client().get(ADDRESS).status_code == 404
    assert Client().get("/choir/autumn-party/").status_code == 200
    assert f"Page {event.pk} " in caplog.text
