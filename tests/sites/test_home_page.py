"""The organisation's first page lists its events."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


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
    assert [name in page for name in ("Spring concert", "Evening 0", "Evening 2")] == [True, True, True]
    assert len(for_four) == len(for_one)
