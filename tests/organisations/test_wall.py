"""The wall: an editor of one organisation asks for everything of another, at every address of the admin."""

from functools import cache

import pytest
from django.test import Client
from django.urls import reverse

from organisations.models import Role
from tests.cast import Cast, person
from tests.organisations.addresses import (
    BACK_DOORS,
    OWNERS_SCREENS,
    QUERIES,
    UNREAD,
    bulk_addresses,
    models_to_name,
    routes_with_ids,
    routes_without_ids,
)
from tests.organisations.crawl import Route, admin_routes, unread_routes
from tests.organisations.houses import FIRST, assert_nothing_told
from tests.organisations.keys import MISSING, Ids, Keys, kind_of, mixtures
from tests.organisations.treasure import SECRET

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("known_to_the_porter", "quiet"),
    pytest.mark.takes(30),
]
METHODS = ["get", "post"]


@pytest.fixture
def cast(houses) -> Cast:
    return houses.choir.again()


@pytest.fixture
def own(cast) -> Keys:
    return Keys(cast.choir)


def address(route: Route, ids: Ids, model: tuple[str, str] = ("sites", "rsvppage")) -> str:
    return f"/{route.path(ids, model)}"


def none_of(route: Route) -> Ids:
    return dict.fromkeys(route.ids(), MISSING)


@pytest.fixture
def is_not_there(cast, foreign, impresario):
    """Whether an answer is 404; or 405, where the same is said to the owner of the row and of a row that does not
    exist: then nobody is told anything."""

    @cache
    def takes(route: Route, method: str, nobodys: str) -> bool:
        theirs = [getattr(impresario.client, method)(address(route, ids)) for ids in foreign.tries(route)]
        answers = [*theirs, getattr(cast.owner.client, method)(nobodys)]
        return {answer.status_code for answer in answers} != {405}

    def judge(route: Route, method: str, status: int, nobodys: Ids) -> bool:
        return status == 404 or (status == 405 and not takes(route, method, address(route, nobodys)))

    return judge


def test_every_address_is_asked():
    assert unread_routes() == set(UNREAD)
    names = {route.name for route in routes_with_ids()}
    assert {"wagtailadmin_pages:revisions_compare", "wagtailadmin_api:pages:detail"} <= names


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_foreign_ids_are_not_there(cast, foreign, is_not_there, role):
    client, wrong = getattr(cast, role).client, []
    for route in routes_with_ids():
        if role == "editor" and route.name in OWNERS_SCREENS:
            continue
        for path in {address(route, ids, model) for ids in foreign.tries(route) for model in models_to_name()}:
            for method in METHODS:
                response = getattr(client, method)(path)
                assert_nothing_told(response, path)
                if not is_not_there(route, method, response.status_code, none_of(route)):
                    wrong.append(f"{method} {path} → {response.status_code}")
    assert not wrong, "\n".join(sorted(wrong))


def test_from_an_owners_screen_an_editor_is_led_away_whosever_the_id(cast, own, foreign):
    for route in routes_with_ids():
        if route.name in OWNERS_SCREENS:
            rows = [*foreign.tries(route), none_of(route)]
            rows += own.tries(route) if all(own.rows[kind_of(route, name)] for name in route.ids()) else []
            for method in METHODS:
                answers = [getattr(cast.editor.client, method)(address(route, ids)) for ids in rows]
                assert {(answer.status_code, answer.get("Location")) for answer in answers} == {(302, "/admin/")}


def test_one_foreign_id_among_ones_own_is_not_there(cast, own, foreign, is_not_there):
    asked = 0
    for route in routes_with_ids():
        for ids in mixtures(route, own, foreign):
            asked += 1
            nobodys = {name: MISSING if pk >= FIRST else pk for name, pk in ids.items()}
            for method in METHODS:
                response = getattr(cast.owner.client, method)(address(route, ids))
                assert_nothing_told(response, route.name)
                assert is_not_there(route, method, response.status_code, nobodys), f"{route.name} {ids}"
    assert asked >= 10


def test_who_is_signed_out_is_asked_to_sign_in_whatever_the_id(foreign):
    """Drafts, previews, documents, exports, rejects: all of the admin."""
    visitor = Client(headers={"Sec-Fetch-Mode": "cors"})  # else what was posted comes along (cms.signed_out)
    for route in routes_with_ids():
        for ids in (*foreign.tries(route), none_of(route)):
            path = address(route, ids)
            for method in METHODS:
                response = getattr(visitor, method)(path)
                assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={path}")
                assert_nothing_told(response, path)


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
    client.raise_request_exception = False  # Wagtail's form for a link breaks where no link is posted
    for route in routes_without_ids():
        for path in {f"/{route.path(0, model)}" for model in models_to_name()}:
            for query in ("", "?q=premiere", f"?collection_id={FIRST}&id={FIRST}&export=csv"):
                assert_nothing_told(client.get(path + query), path + query)
            assert_nothing_told(client.post(path), path)


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


@pytest.mark.parametrize("role", ["owner", "editor"])
def test_wagtails_own_back_doors_are_shut(cast, foreign, impresario, role):
    client = getattr(cast, role).client
    for pattern in [*BACK_DOORS, *bulk_addresses()]:
        path = pattern.format_map(foreign)
        for method in METHODS:
            response = getattr(client, method)(path)
            assert_nothing_told(response, path)
            assert response.status_code == 404 or "{" not in pattern, f"{method} {path} → {response.status_code}"
        is_operators = path.startswith("/admin/bulk/organisations/user/")
        assert impresario.client.get(path).status_code == (404 if is_operators else 200), path


def test_a_letters_web_version_opens_by_its_token_alone(cast, foreign):
    """A public door; a number is not a token, whoever is signed in."""
    for client in (cast.owner.client, Client()):
        for token in (foreign["message"], SECRET):
            for method in (client.get, client.post):
                assert method(f"/m/w/{token}/").status_code == (404 if method == client.get else 405)


def test_the_stranger_sees_what_is_hers(theatre, cast):
    """The negative control: the same addresses tell everything to whom they belong."""
    siiri = person(theatre, Role.EDITOR, "Sirkka").client
    told = [
        path
        for path in ("/admin/images/", f"/admin/pages/{theatre.home_page_id}/", "/admin/")
        if SECRET.encode() in siiri.get(path).content
    ]
    assert len(told) >= 2
