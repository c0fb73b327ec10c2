"""Who may see group A only: for them everybody else is not there, whatever they ask for."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mailer.campaigns.menu import OPEN_TO_LIMITED as CAMPAIGNS
from registers.wagtail_hooks import OPEN_TO_LIMITED
from tests.organisations.crawl import Route, admin_routes
from tests.organisations.keys import MISSING, MODELS, Keys
from tests.organisations.part import House, plain, within
from tests.organisations.treasure import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_to_the_porter", "quiet"), pytest.mark.takes(12)]
OPEN = {f"registers:{name}" for name in OPEN_TO_LIMITED} | {f"campaigns:{name}" for name in CAMPAIGNS}
# Screens of a register that are there for a part of it too.
IN_PART = {"contacts", "contact_results", "columns", "export", "add_contact", "bulk", "filter", "segment_count"}


def routes(*, with_ids: bool) -> list[Route]:
    return [route for route in admin_routes() if route.numeric() == with_ids and route.name != "wagtailadmin_logout"]


def beyond(house: House) -> Keys:
    """Ids of rows that are there, and beyond the reach of who sees group A only."""
    keys = Keys(house.theatre)
    for kind in MODELS:
        seen = set(within(house, house.limited, kind))  # of some, all are
        keys.rows[kind] = [pk for pk in keys.rows[kind] if pk not in seen] or keys.rows[kind]
    return keys


def test_what_is_beyond_answers_as_what_does_not_exist(house):
    client, keys, open_ones = house.limited.client, beyond(house), 0
    nothing = plain(client.get(reverse("registers:contact", args=[MISSING])))
    assert nothing == plain(client.post(reverse("registers:star", args=[MISSING])))
    for route in routes(with_ids=True):
        tries = [f"/{route.path(ids, ('sites', 'rsvppage'))}" for ids in keys.tries(route)]
        if route.name not in OPEN:  # the wall asks for the name of the route alone
            assert client.get(tries[0]).status_code == 404, route.name
            continue
        open_ones += 1
        for method in (client.get, client.post):
            for there in map(method, tries[:2]):
                told = (there.status_code, plain(there))
                if told != (404, nothing):  # the menu may stand open elsewhere, or the method not be there
                    missing = method(f"/{route.path(dict.fromkeys(route.ids(), MISSING), ('', ''))}")
                    assert there.status_code in {404, 405}, route.name
                    assert told == (missing.status_code, plain(missing)), route.name
    assert open_ones > 70


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
        for query in ("", f"?q={SECRET}") if route.name in OPEN else ("",):
            response = client.get(path + query)
            assert SECRET not in plain(response).replace(f"?q={SECRET}", "").replace(f'value="{SECRET}"', ""), path
            if response.status_code == 200 and route.name.startswith("registers:"):
                found.add(route.name)
        client.post(path)
    assert {"registers:index", "registers:groups", "registers:companies", "registers:birthdays"} <= found
    assert "registers:suppressions" not in found


def test_an_export_takes_along_who_is_seen(house):
    values = {"purpose": "A list", "columns": ["first_name", "last_name"], "format": "csv"}
    url = reverse("registers:export", args=[house.register])
    mine, all_of_it = (plain(who.client.post(url, values)) for who in (house.limited, house.owner))
    assert "Aino" in mine
    assert SECRET not in mine
    assert SECRET in all_of_it


def test_who_takes_people_out_of_sight_is_told_so(house):
    client = house.limited.client
    asked = client.post(reverse("registers:bulk", args=[house.register]), {"contact": house.aino, "act": "remove"})
    assert "Who is in none any more is brought back by somebody who sees the whole register." in plain(asked)
    leave = reverse("registers:contact_group", args=[house.aino])
    left = [plain(client.post(leave, {"leave": group}, follow=True)) for group in within(house, house.limited, "group")]
    assert any("You do not see Aino" in page for page in left)
    assert client.get(reverse("registers:contact", args=[house.aino])).status_code == 404
