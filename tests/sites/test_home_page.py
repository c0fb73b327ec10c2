"""The organisation's first page lists its events."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction


def test_each_event_is_listed_and_takes_no_query_of_its_own(make_event):
    make_event(title="Spring concert", slug="spring")
    client = Client()
    client.get("/choir/")  # what is looked up once
    with CaptureQueriesContext(connection) as for_one:
        client.get("/choir/")
    for number in range(3):
        make_event(title=f"Evening {number}", slug=f"evening-{number}")
    client.get("/choir/")
    with CaptureQueriesContext(connection) as for_four:
        page = client.get("/choir/").content.decode()
    assert "<title>Kaamos Choir</title>" in page
    assert [name in page for name in ("Spring concert", "Evening 0", "Evening 2")] == [True, True, True]
    assert len(for_four) == len(for_one)


@pytest.mark.parametrize(("ends_in", "listed"), [(1, True), (-1, False), (None, False)])
def test_an_event_of_several_days_is_listed_until_it_is_over(make_event, cast, ends_in, listed):
    now = timezone.now()
    ends = now + dt.timedelta(hours=ends_in) if ends_in else None
    make_event(title="Rowing week", starts_at=now - dt.timedelta(days=2), ends_at=ends)
    assert ("Rowing week" in Client().get("/choir/").content.decode()) is listed
    first_page = cast.editor.client.get("/admin/").content.decode()
    ahead = first_page.partition("Comes next")[2].partition("Came back")[0]
    assert ("Rowing week" in ahead) is listed


def test_a_page_is_hidden_behind_a_password_and_no_team_is_named(make_event, cast):
    event, client = make_event(), cast.editor.client
    privacy = f"/admin/pages/{event.pk}/privacy/"
    page = client.get(privacy).json()["html"]
    assert "shared password" in page
    assert "logged-in users" not in page
    assert f"organisation {cast.theatre.pk}" not in page
    theirs = Group.objects.filter(name__startswith=f"organisation {cast.theatre.pk} ")[:1]
    for forged in ({"restriction_type": "login"}, {"restriction_type": "groups", "groups": [theirs[0].pk]}):
        client.post(privacy, forged)
    assert not PageViewRestriction.objects.exists()
    client.post(privacy, {"restriction_type": "password", "password": "sing"})
    assert PageViewRestriction.objects.get().password == "sing"


def test_whoever_knows_the_password_of_a_page_reads_it(make_event, cast):
    event, visitor = make_event(title="Rowing week"), Client()
    PageViewRestriction.objects.create(page=event, restriction_type="password", password="sing")
    address = event.get_url()
    assert "Rowing week" not in visitor.get("/choir/").content.decode()
    home = cast.choir.home_page.specific
    with_one = PageViewRestriction.objects.create(page=home, restriction_type="password", password="all")
    assert not home.upcoming_events()
    with_one.delete()
    asked = visitor.get(address).content.decode()
    assert "This page has a password" in asked
    assert cast.choir.name in asked
    assert "Rowing week" not in asked
    door = re.search(r'action="(/_util/[^"]+)"', asked)[1]
    wrong = visitor.post(door, {"password": "dance", "return_url": address})
    assert "not correct" in wrong.content.decode()
    assert visitor.post(door, {"password": "sing", "return_url": address}).url == address
    assert "Rowing week" in visitor.get(address).content.decode()
    assert visitor.get(door.replace(f"/{event.pk}/", f"/{cast.choir.home_page_id}/")).status_code == 404
    tries = [
        visitor.post(door, {"password": "dance", "return_url": address}).status_code for _ in range(41)
    ]  # in two windows of time at most
    assert 429 in tries
