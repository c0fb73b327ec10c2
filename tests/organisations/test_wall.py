"""The wall: an editor of one organisation asks for everything of another, at every address of the admin.

The theatre's rows all have ids above 90,000, so that a foreign id never means a row of one's own. Every text of the
theatre carries SECRET.
"""

import logging
import re
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from organisations.models import Document, Image, Organisation, OrganisationModel, Role
from organisations.wall import OPERATOR_NAMESPACES
from tests.cast import Cast, Person, make_cast, person
from tests.organisations.crawl import Route, admin_routes
from tests.organisations.keys import MISSING, Keys, mixtures
from tests.organisations.treasure import SECRET, fill_choir, fill_theatre, uploads_of
from tests.stage import begins_with, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_to_the_porter"), pytest.mark.takes(35)]

FIRST = 90_001
# Wagtail's routes with regular expressions, which the crawler does not read.
EXPRESSIONS = [
    "/admin/pages/{event}/revisions/compare/live...latest/",
    "/admin/pages/{event}/revisions/compare/{revision}...{revision}/",
    "/admin/api/main/pages/{event}/",
    "/admin/api/main/pages/?child_of={event}",
    "/admin/api/main/pages/?descendant_of={event}",
    "/admin/api/main/pages/?fields=*",
    "/admin/api/main/pages/?search=premiere",
    "/admin/api/main/images/{image}/",
    "/admin/api/main/images/?fields=*",
    "/admin/api/main/documents/{document}/",
    "/admin/api/main/documents/?fields=*",
    "/admin/choose-page/?page_type=sites.rsvppage",
    "/admin/choose-page/search/?q=premiere",
    "/admin/choose-page/chosen-multiple/?id={event}",
    "/admin/images/chooser/chosen-multiple/?id={image}",
    "/admin/documents/chooser/chosen-multiple/?id={document}",
    "/admin/bulk/wagtailcore/page/delete/?id={event}",
    "/admin/bulk/wagtailcore/page/move/?id={event}",
    "/admin/bulk/wagtailcore/page/publish/?id={event}",
    "/admin/bulk/organisations/image/delete/?id={image}",
    "/admin/bulk/organisations/image/add_to_collection/?id={image}",
    "/admin/bulk/organisations/document/delete/?id={document}",
]
# What may answer something else than 404 for a foreign id, and why it tells nothing.
OTHERWISE = {
    "wagtailadmin_editing_sessions:release": "ends one's own session; says nothing of others'",
    "wagtailadmin_logout": "has no id",
}
# What not even an owner reaches, besides the operator's own screens (organisations.wall), and why.
UNREACHED = {
    "wagtailadmin_pages:workflow_action": "Kokoon has no workflows (WAGTAIL_WORKFLOW_ENABLED)",
    "wagtailadmin_pages:collect_workflow_action_data": "the same",
    "wagtailadmin_pages:workflow_preview": "the same",
    "wagtailadmin_pages:workflow_history_detail": "the same",
    "wagtailadmin_pages:convert_alias": "nobody makes aliases",
    "wagtailimages:url_generator": "pictures have no address with a signature (wagtailimages_serve)",
    "wagtailimages:url_generator_output": "the same",
}
# Ids that stand after the question mark.
QUERIES = [
    ("campaigns:add", [], "page={email}"),
    ("campaigns:add", [], "invites_to={event}"),
    ("campaigns:add", [], "page={email}&invites_to={event}"),
    ("campaigns:resend", ["campaign"], "message={message}"),
    ("events:add_reply", ["event"], "contact={contact}"),
    ("registers:compare", ["register"], "contact={contact}&contact={contact2}"),
    ("registers:contacts", ["register"], "segment={segment}"),
    ("registers:contacts", ["register"], "group={group}"),
    ("registers:contacts", ["register"], "view={view}"),
    ("registers:export", ["register"], "segment={segment}&group={group}"),
    ("registers:export", ["register"], "contact={contact}&as=labels"),
]


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals need not be written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Houses:
    choir: Cast
    theatre: Organisation
    impresario: Person  # the owner of what is not the choir's


def make_houses(_stage: object = None) -> Houses:
    """The choir first, then the theatre with ids of its own range, and to each a row of everything."""
    start_ids_after(10_000)
    choir = make_cast()
    fill_choir(choir.choir)
    start_ids_after(FIRST - 1)
    theatre = fill_theatre()
    impresario = person(theatre, Role.OWNER, "Orvokki")
    uploads_of(impresario.user)
    return Houses(choir, theatre, impresario)


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.MAILBOX_ENABLED = True


@pytest.fixture
@begins_with(make_houses)
def houses(open_stage, db) -> Houses:
    return stage[make_houses] if make_houses in stage else make_houses()


@pytest.fixture
def cast(houses) -> Cast:
    return houses.choir.again()


def start_ids_after(number: int) -> None:
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key = model._meta.pk
            if model._meta.managed and key.get_internal_type() in {"BigAutoField", "AutoField"}:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [model._meta.db_table, key.column, number]
                )


@pytest.fixture
def theatre(houses) -> Organisation:
    return Organisation.objects.get(pk=houses.theatre.pk)


@pytest.fixture
def impresario(houses) -> Person:
    return houses.impresario.again()


@pytest.fixture
def foreign(theatre, impresario) -> Keys:
    return Keys(theatre)


@pytest.fixture
def own(cast) -> Keys:
    return Keys(cast.choir)


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


def test_foreign_ids_are_not_there(cast, foreign):
    client = cast.owner.client
    wrong = []
    for route in routes_with_ids():
        for path in {route.path(ids, model) for ids in foreign.tries(route) for model in models_to_name()}:
            for method in (client.get, client.post):
                response = method(f"/{path}")
                assert_nothing_told(response, path)
                if response.status_code not in {404, 405}:
                    wrong.append(f"{method.__name__.upper()} {path} → {response.status_code}")
    assert not wrong, "\n".join(sorted(wrong))


def test_one_foreign_id_among_ones_own_is_not_there(cast, own, foreign):
    asked = 0
    for route in routes_with_ids():
        for ids in mixtures(route, own, foreign):
            asked += 1
            for method in (cast.owner.client.get, cast.owner.client.post):
                response = method(f"/{route.path(ids, ('sites', 'rsvppage'))}")
                assert_nothing_told(response, route.name)
                assert response.status_code in {404, 405}, f"{route.name} {ids}"
    assert asked >= 10


def test_every_address_that_was_asked_answers_its_owner(foreign, impresario):
    """The negative control: with the very ids that are not there for others. A new route that its owner does not reach
    makes this fail: tell keys.py what its id is, and treasure.py to make one."""
    unreached = {route.name for route in routes_with_ids() if not reaches(impresario.client, route, foreign)}
    operators = {name for name in unreached if OPERATOR_NAMESPACES & set(name.split(":"))}
    assert not (unreached - operators) ^ set(UNREACHED), sorted((unreached - operators) ^ set(UNREACHED))


def reaches(client: Client, route: Route, keys: Keys) -> bool:
    """Whether any of the ids leads somewhere; what a POST does is taken back."""
    for method in (client.get, client.post):
        for path in {route.path(ids, model) for ids in keys.tries(route) for model in models_to_name()}:
            with transaction.atomic():
                response = method(f"/{path}")
                transaction.set_rollback(True)
            if response.status_code not in {404, 405}:
                return True
    return False


def test_one_who_may_less_gets_the_same_answer_for_foreign_and_for_none(cast, foreign):
    client = cast.viewer.client
    for route in routes_with_ids():
        for method in (client.get, client.post):
            here = method(f"/{route.path(foreign.tries(route)[0], ('sites', 'rsvppage'))}")
            missing = method(f"/{route.path(dict.fromkeys(route.ids(), MISSING), ('sites', 'rsvppage'))}")
            assert_nothing_told(here, route.name)
            assert (here.status_code, here.get("Location")) == (missing.status_code, missing.get("Location"))


def test_lists_choosers_and_searches_show_nothing_foreign(cast, theatre):
    client = cast.owner.client
    for route in routes_without_ids():
        for path in {f"/{route.path(0, model)}" for model in models_to_name()}:
            for query in ("", "?q=premiere", f"?collection_id={FIRST}&id={FIRST}&export=csv"):
                assert_nothing_told(client.get(path + query), path + query)


@pytest.mark.parametrize("source", ["register", "group", "segment"])
@pytest.mark.parametrize(("name", "part"), [("count", "include"), ("sizes", "ref")])
def test_a_foreign_audience_counts_nobody(cast, foreign, impresario, source, name, part):
    address = reverse(f"campaigns:{name}")
    theirs, nobodys = ({part: f"{source}:{number}"} for number in (foreign[source], MISSING))
    counted = [person.client.get(address, theirs).content for person in (impresario, cast.owner)]
    nobody = [person.client.get(address, nobodys).content for person in (impresario, cast.owner)]
    assert counted[0] != nobody[0]
    assert counted[1] == nobody[1]


@pytest.mark.parametrize(("name", "path_kinds", "query"), QUERIES)
def test_ids_behind_the_question_mark_show_nothing_foreign(cast, own, foreign, impresario, name, path_kinds, query):
    route = next(route for route in admin_routes() if route.name == name)
    theirs = {parameter: foreign[kind] for parameter, kind in zip(route.ids(), path_kinds, strict=True)}
    ours = {parameter: own[kind] for parameter, kind in zip(route.ids(), path_kinds, strict=True)}
    asked = query.format_map(foreign)
    told = impresario.client.get(f"/{route.path(theirs, ('', ''))}?{asked}")
    assert (told.status_code, SECRET in told.content.decode()) == (200, True)
    refused = cast.owner.client.get(f"/{route.path(ours, ('', ''))}?{asked}")
    assert_nothing_told(refused, asked)
    assert refused.status_code in {200, 302, 404}


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


def test_wagtails_own_back_doors_are_shut(cast, foreign, impresario):
    for pattern in EXPRESSIONS:
        path = pattern.format_map(foreign)
        for method in (cast.editor.client.get, cast.editor.client.post):
            response = method(path)
            assert_nothing_told(response, path)
            if "{" in pattern:
                assert response.status_code in {404, 405, 400}, f"{path} → {response.status_code}"
        assert impresario.client.get(path).status_code == 200, f"{path} is not there for its owner either"


def test_a_letters_web_version_opens_by_its_token_alone(cast, foreign):
    """A public door; a number is not a token, whoever is signed in."""
    for client in (cast.owner.client, Client()):
        for token in (foreign["message"], SECRET):
            for method in (client.get, client.post):
                response = method(f"/m/w/{token}/")
                assert_nothing_told(response, "/m/w/")
                assert response.status_code in {404, 405}


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
