"""The wall: an editor of one organisation asks for everything of another, at every address of the admin.

The theatre's rows all have ids above 90,000, so that a foreign id never means a row of one's own. Every text of the
theatre carries SECRET.
"""

import logging
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from organisations.models import Document, Image, Organisation, OrganisationModel, Role
from tests.cast import make_cast, person
from tests.organisations.crawl import Route, admin_routes
from tests.organisations.treasure import SECRET, fill_theatre

pytestmark = pytest.mark.django_db

FIRST = 90_001
IDS = range(FIRST, FIRST + 3)
MISSING = 80_000
# Wagtail's routes with regular expressions, which the crawler does not read.
EXPRESSIONS = [
    "/admin/pages/{id}/revisions/compare/live...latest/",
    "/admin/pages/{id}/revisions/compare/{id}...{id}/",
    "/admin/api/main/pages/{id}/",
    "/admin/api/main/pages/?child_of={id}",
    "/admin/api/main/pages/?descendant_of={id}",
    "/admin/api/main/pages/?fields=*",
    "/admin/api/main/pages/?search=premiere",
    "/admin/api/main/images/{id}/",
    "/admin/api/main/images/?fields=*",
    "/admin/api/main/documents/{id}/",
    "/admin/api/main/documents/?fields=*",
    "/admin/choose-page/?page_type=sites.rsvppage",
    "/admin/choose-page/search/?q=premiere",
    "/admin/choose-page/chosen-multiple/?id={id}",
    "/admin/images/chooser/chosen-multiple/?id={id}",
    "/admin/documents/chooser/chosen-multiple/?id={id}",
    "/admin/bulk/wagtailcore/page/delete/?id={id}",
    "/admin/bulk/wagtailcore/page/move/?id={id}",
    "/admin/bulk/wagtailcore/page/publish/?id={id}",
    "/admin/bulk/organisations/image/delete/?id={id}",
    "/admin/bulk/organisations/image/add_to_collection/?id={id}",
    "/admin/bulk/organisations/document/delete/?id={id}",
]
# What may answer something else than 404 for a foreign id, and why it tells nothing.
OTHERWISE = {
    "wagtailadmin_editing_sessions:release": "ends one's own session; says nothing of others'",
    "wagtailadmin_logout": "has no id",
}


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def cast():
    """The choir first, then the theatre with ids of its own range."""
    start_ids_after(10_000)
    people = make_cast()
    start_ids_after(FIRST - 1)
    return people


def start_ids_after(number: int) -> None:
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key = model._meta.pk
            if model._meta.managed and key.get_internal_type() in {"BigAutoField", "AutoField"}:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [model._meta.db_table, key.column, number]
                )


@pytest.fixture
def theatre(cast, settings, tmp_path) -> Organisation:
    settings.MEDIA_ROOT = tmp_path
    return fill_theatre()


def routes_with_ids() -> list[Route]:
    return [route for route in admin_routes() if route.numeric() and route.name not in OTHERWISE]


def routes_without_ids() -> list[Route]:
    return [route for route in admin_routes() if not route.numeric() and route.name != "wagtailadmin_logout"]


def assert_nothing_told(response, what: str) -> None:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert SECRET.encode() not in body, f"{what} tells {secret_around(body)}"


def secret_around(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    return re.sub(r"\s+", " ", text[max(0, text.find(SECRET) - 200) : text.find(SECRET) + 100])


def models_to_name() -> list[tuple[str, str]]:
    """One model for each route that names any; the page types are the ones that matter."""
    return [("sites", "rsvppage"), ("organisations", "image")]


def test_foreign_ids_are_not_there(cast, theatre):
    client = cast.owner.client
    wrong = []
    for route in routes_with_ids():
        for path in {route.path(number, model) for number in IDS for model in models_to_name()}:
            for method in (client.get, client.post):
                response = method(f"/{path}")
                assert_nothing_told(response, path)
                if response.status_code not in {404, 405}:
                    wrong.append(f"{method.__name__.upper()} {path} → {response.status_code}")
    assert not wrong, "\n".join(sorted(wrong))


def test_one_who_may_less_gets_the_same_answer_for_foreign_and_for_none(cast, theatre):
    client = cast.viewer.client
    for route in routes_with_ids():
        for method in (client.get, client.post):
            foreign = method(f"/{route.path(FIRST, ('sites', 'rsvppage'))}")
            missing = method(f"/{route.path(MISSING, ('sites', 'rsvppage'))}")
            assert_nothing_told(foreign, route.name)
            assert (foreign.status_code, foreign.get("Location")) == (missing.status_code, missing.get("Location"))


def test_lists_choosers_and_searches_show_nothing_foreign(cast, theatre):
    client = cast.owner.client
    for route in routes_without_ids():
        for path in {f"/{route.path(0, model)}" for model in models_to_name()}:
            for query in ("", "?q=premiere", f"?collection_id={FIRST}&id={FIRST}&export=csv"):
                assert_nothing_told(client.get(path + query), path + query)


def test_wagtails_own_back_doors_are_shut(cast, theatre):
    for pattern in EXPRESSIONS:
        for number in IDS:
            path = pattern.format(id=number)
            for method in (cast.editor.client.get, cast.editor.client.post):
                response = method(path)
                assert_nothing_told(response, path)
                if "{id}" in pattern:
                    assert response.status_code in {404, 405, 400}, f"{path} → {response.status_code}"


def test_nothing_foreign_changes_by_forged_forms(cast, theatre):
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
        for number in IDS:
            client.post(
                f"/{route.path(number, ('sites', 'rsvppage'))}", {**forged, "id": number, "pk": number, "yes": 1}
            )
    assert snapshot(theatre) == before


def test_the_stranger_sees_what_is_hers(theatre, cast):
    """The negative control: the same addresses tell everything to whom they belong."""
    siiri = person(theatre, Role.EDITOR, "Sirkka").client
    told = [
        path
        for path in ("/admin/images/", f"/admin/pages/{theatre.home_page_id}/", "/admin/")
        if SECRET.encode() in siiri.get(path).content
    ]
    assert len(told) >= 2


def snapshot(organisation: Organisation) -> dict[str, list]:
    """Every row of the organisation, as it stands."""
    rows = {
        model._meta.label: list(model.unscoped.filter(organisation=organisation).order_by("pk").values())
        for model in apps.get_models()
        if issubclass(model, OrganisationModel)
    }
    rows["pages"] = list(Page.objects.descendant_of(organisation.home_page, inclusive=True).order_by("path").values())
    for model in (Image, Document):
        rows[model._meta.label] = list(model.objects.filter(collection=organisation.collection).values())
    return rows
