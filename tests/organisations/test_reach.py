"""Who may see group A only: for them everybody else is not there, whatever they ask for."""

import logging

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisations import scope
from registers.models import (
    Activity,
    Company,
    Contact,
    Group,
    Register,
)
from registers.wagtail_hooks import OPEN_TO_LIMITED
from tests.organisations.crawl import Route, admin_routes
from tests.organisations.keys import MISSING, Keys
from tests.organisations.part import House, plain
from tests.organisations.treasure import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.takes(20)]
OPEN = {f"registers:{name}" for name in OPEN_TO_LIMITED}
# Screens of a register that are there for a part of it too.
IN_PART = {"contacts", "contact_results", "columns", "export", "add_contact", "bulk", "filter", "segment_count"}


@pytest.fixture(autouse=True)
def quiet():
    """Hundreds of refusals need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def routes(*, with_ids: bool) -> list[Route]:
    return [route for route in admin_routes() if route.numeric() == with_ids and route.name != "wagtailadmin_logout"]


def beyond(house: House) -> Keys:
    """Ids of rows that are there, and beyond the reach of who sees group A only."""
    keys = Keys(house.theatre)
    keys.rows["register"] = [house.hidden]
    keys.rows["contact"] = [pk for pk in keys.rows["contact"] if pk != house.aino]
    with scope.organisation(house.theatre.pk):
        keys.rows["group"] = list(Group.objects.filter(name=SECRET).values_list("pk", flat=True))
        keys.rows["company"] = list(Company.objects.filter(name=SECRET).values_list("pk", flat=True))
        keys.rows["place"] = list(
            apps.get_model("registers", "Employment").objects.exclude(contact=house.aino).values_list("pk", flat=True)
        )
    return keys


def test_what_is_beyond_answers_as_what_does_not_exist(house):
    client, keys, open_ones = house.limited.client, beyond(house), 0
    for route in routes(with_ids=True):
        missing_at = f"/{route.path(dict.fromkeys(route.ids(), MISSING), ('sites', 'rsvppage'))}"
        tries = keys.tries(route)
        for method in (client.get, client.post):
            missing = method(missing_at)
            assert missing.status_code in {404, 405}, f"{route.name} {missing.status_code}"
            for ids in tries[: 3 if route.name in OPEN else 1]:
                there = method(f"/{route.path(ids, ('sites', 'rsvppage'))}")
                assert (there.status_code, plain(there)) == (missing.status_code, plain(missing)), f"{route.name} {ids}"
        open_ones += route.name in OPEN
    assert open_ones > 40


def test_a_colleague_who_sees_everything_reaches_it(house):
    """The negative control."""
    keys = beyond(house)
    for route in routes(with_ids=True):
        if route.name in OPEN:
            assert any(reached(house.owner.client, route, ids) for ids in keys.tries(route)), route.name


def reached(client: Client, route: Route, ids: dict) -> bool:
    for method in (client.get, client.post):
        with transaction.atomic():
            response = method(f"/{route.path(ids, ('', ''))}")
            transaction.set_rollback(True)
        if response.status_code not in {404, 405}:
            return True
    return False


def test_of_a_register_that_is_seen_in_part_only_some_screens_are_there(house):
    for route in routes(with_ids=True):
        if route.ids() == ["register_pk"]:
            path = f"/{route.path({'register_pk': house.register}, ('', ''))}"
            for method in (house.limited.client.get, house.limited.client.post):
                response = method(path)
                assert SECRET not in plain(response), path
                wanted = {200, 302, 405, 422} if route.name.removeprefix("registers:") in IN_PART else {404, 405}
                assert response.status_code in wanted, f"{path} {response.status_code}"


def test_nothing_without_an_id_tells_of_it(house):
    client, found = house.limited.client, set()
    for route in routes(with_ids=False):
        path = f"/{route.path({}, ('sites', 'rsvppage'))}"
        for query in ("", f"?q={SECRET}"):
            response = client.get(path + query)
            assert SECRET not in plain(response).replace(f"?q={SECRET}", "").replace(f'value="{SECRET}"', ""), path
            if response.status_code == 200 and route.name.startswith("registers:"):
                found.add(route.name)
        client.post(path)
    assert {"registers:index", "registers:groups", "registers:companies", "registers:birthdays"} <= found
    assert "registers:suppressions" not in found


def pages(house: House) -> list[str]:
    register, group = house.register, house.group
    contacts = reverse("registers:contacts", args=[register])
    every = [
        reverse("wagtailadmin_home"), reverse("registers:index"), contacts, reverse("registers:groups"),
        reverse("registers:export", args=[register]), reverse("registers:group", args=[group]),
        reverse("registers:add_members", args=[group]), reverse("registers:companies"), reverse("registers:birthdays"),
        reverse("registers:contact", args=[house.aino]), reverse("registers:segments"),
        reverse("registers:add_contact", args=[register]),
    ]  # fmt: skip
    filters = ["q=a", f"q={SECRET}", "has=phone", "has=couple", "has=important", f"group={group}", "ordering=sort_key"]
    return every + [f"{contacts}?{query}" for query in filters]


def test_every_page_is_as_if_there_were_nobody_else(house):
    """Counts, searches, filters and choosers too: the same pages after all others have been erased for good."""
    client = house.limited.client
    before = {page: plain(client.get(page)) for page in pages(house)}
    everything = plain(house.owner.client.get(reverse("registers:contacts", args=[house.register])))
    with scope.organisation(house.theatre.pk):
        Contact.objects.exclude(pk=house.aino).delete()
        Group.objects.filter(parent=house.group).update(parent=house.group)
        Group.objects.filter(pk=house.group).update(parent=None)
        Group.objects.filter(name=SECRET).delete()
        Company.objects.filter(name=SECRET).delete()
        Register.objects.filter(pk=house.hidden).delete()
        Activity.objects.filter(contact=house.aino, kind="coupled").delete()
        Activity.objects.filter(data__group=SECRET).delete()
        for name in ("Export", "Segment", "Import"):
            apps.get_model("registers", name).objects.all().delete()
    after = {page: plain(client.get(page)) for page in pages(house)}
    for page, told in before.items():
        assert SECRET in page or SECRET not in told, page
        assert told == after[page], page
    assert "Aino Ahola" in before[reverse("registers:contacts", args=[house.register])]
    assert "1 contact" in before[reverse("registers:contacts", args=[house.register])]
    assert SECRET in everything


def test_an_export_takes_along_who_is_seen(house):
    values = {"purpose": "A list", "columns": ["first_name", "last_name"], "format": "csv"}
    url = reverse("registers:export", args=[house.register])
    mine, all_of_it = (plain(who.client.post(url, values)) for who in (house.limited, house.owner))
    assert "Aino" in mine
    assert SECRET not in mine
    assert SECRET in all_of_it
