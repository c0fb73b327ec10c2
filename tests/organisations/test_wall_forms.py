"""The wall: what the owner of another organisation is shown, and what becomes of her forms in other hands."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from wagtail.models import Page

from organisations.wall import OPERATOR_NAMESPACES
from tests.cast import Cast
from tests.forms import forms_on
from tests.organisations.addresses import OWNERS_SCREENS, UNREACHED, models_to_name, routes_with_ids
from tests.organisations.crawl import Route
from tests.organisations.houses import assert_nothing_told, snapshot
from tests.organisations.keys import Keys
from tests.organisations.treasure import SECRET

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("known_to_the_porter", "quiet"),
    pytest.mark.takes(15),
]


@pytest.fixture
def cast(houses) -> Cast:
    return houses.choir.again()


@dataclass
class Shown:
    """What an owner sees of her own, under all of the crawler's addresses."""

    reached: set[str] = field(default_factory=set)  # names of routes
    forms: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # by address, and by their fields' names


@pytest.fixture
def shown(houses, foreign, impresario) -> Shown:
    houses.shown = houses.shown or look(impresario.client, foreign)
    return houses.shown


def look(client: Client, keys: Keys) -> Shown:
    shown, asked = Shown(), {route.name for route in routes_with_ids()}
    for route in routes_with_ids():
        for path in paths(route, keys):
            response = taken_back(client.get, path)
            if response.status_code not in {404, 405}:
                shown.reached.add(route.name)
            if response.status_code == 200 and not response.streaming and "<form" in response.text:
                forms = forms_on(response.text, path)
                shown.forms |= {(to, str(sorted(fields))): fields for to, fields in forms if name_of(to) in asked}
    return shown


def paths(route: Route, keys: Keys) -> set[str]:
    return {f"/{route.path(ids, model)}" for ids in keys.tries(route) for model in models_to_name()}


def taken_back(method: Any, path: str, fields: dict[str, Any] | None = None) -> Any:
    with transaction.atomic():
        response = method(path, fields)
        transaction.set_rollback(True)
    return response


def name_of(path: str) -> str:
    return resolve(path.partition("?")[0]).view_name


def test_every_address_that_was_asked_answers_its_owner(shown, foreign, impresario):
    """The negative control: with the very ids that are not there for others. A new route that its owner does not reach
    makes this fail: tell keys.py what its id is, and treasure.py to make one."""
    hidden = [route for route in routes_with_ids() if route.name not in shown.reached]
    unreached = {route.name for route in hidden if not acts(route, foreign, impresario)}
    operators = {name for name in unreached if OPERATOR_NAMESPACES & set(name.split(":"))}
    assert not (unreached - operators) ^ set(UNREACHED), sorted((unreached - operators) ^ set(UNREACHED))


def acts(route: Route, keys: Keys, owner: Any) -> bool:
    """Whether there is anything behind an address that shows nothing."""
    answers = (taken_back(owner.client.post, path) for path in paths(route, keys))
    return any(answer.status_code not in {404, 405} for answer in answers)


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_a_form_as_its_owner_would_send_it_is_not_there_for_others(cast, theatre, shown, role):
    before = snapshot(theatre)
    for (path, _names), fields in shown.forms.items():
        response = getattr(cast, role).client.post(path, fields)
        assert_nothing_told(response, path)
        led_away = role == "editor" and name_of(path) in OWNERS_SCREENS
        assert response.status_code == (302 if led_away else 404), path
    assert snapshot(theatre) == before


def test_these_forms_are_taken_from_their_owner(shown, impresario):
    """The negative control: most of them as they stand, others with a mistake."""
    answers = [
        (path, taken_back(impresario.client.post, path, fields).status_code)
        for (path, _names), fields in shown.forms.items()
    ]
    assert not [path for path, status in answers if status not in {200, 302, 400, 422}]
    assert len([path for path, status in answers if status == 302]) > 100


@pytest.mark.parametrize(
    ("name", "field", "kind"),
    [
        ("organisations:settings", "theme-logo", "image"),
        ("campaigns:add", "page", "email"),
        ("campaigns:add", "invites_to", "event"),
    ],
)
def test_a_form_with_a_mistake_does_not_show_what_it_names_of_others(cast, foreign, impresario, name, field, kind):
    named = [(impresario.client, foreign[kind]), (cast.owner.client, foreign[kind]), (cast.owner.client, "no number")]
    answers = [client.post(reverse(name), {field: value}) for client, value in named]
    assert [(answer.status_code, SECRET in answer.text) for answer in answers] == [
        (200, True),
        (200, False),
        (200, False),
    ]


def test_nothing_foreign_changes_by_forged_forms(cast, theatre, foreign):
    before = snapshot(theatre)
    home = Page.objects.get(pk=cast.choir.home_page_id)
    foreign_home = theatre.home_page
    client: Client = cast.owner.client
    forged = {
        "new_parent_page": foreign_home.pk,
        "new_title": "x",
        "new_slug": "x",
        "collection": theatre.collection_id,
    }
    assert client.post(reverse("wagtailadmin_pages:copy", args=[home.pk]), forged).status_code == 404
    assert client.post(reverse("wagtailadmin_pages:move_confirm", args=[home.pk, foreign_home.pk])).status_code == 404
    assert client.post(reverse("wagtailimages:add"), forged).status_code == 404
    for route in routes_with_ids():
        for ids in foreign.tries(route):
            row = next(iter(ids.values()))
            client.post(f"/{route.path(ids, ('sites', 'rsvppage'))}", {**forged, "id": row, "pk": row, "yes": 1})
    assert snapshot(theatre) == before
