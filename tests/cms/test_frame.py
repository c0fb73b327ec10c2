"""What is kept of the frame around the admin's pages is one person's, and only while nothing has changed."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisations.access import set_member
from organisations.models import Role
from tests.cast import person

pytestmark = pytest.mark.django_db
PAGE = "/admin/registers/"
SWITCH = "/admin/organisation/switch/"


def sidebar(client, page=PAGE):
    return re.search(r'id="wagtail-sidebar-props"[^>]*>(.*?)</script>', client.get(page).content.decode(), re.S)[1]


def test_it_is_drawn_once_and_anew_when_the_person_may_do_less(cast):
    someone = person(cast.choir, Role.OWNER, "Outi")
    client = someone.client
    first = sidebar(client)
    assert "Access log" in first
    with CaptureQueriesContext(connection) as asked:
        assert sidebar(client) == first
    assert not [query for query in asked if "wagtailcore_grouppagepermission" in query["sql"]]
    assert "Access log" not in sidebar(cast.viewer.client)
    set_member(organisation=cast.choir, user=someone.user, role=Role.VIEWER)
    assert sidebar(client) == sidebar(cast.viewer.client).replace("Veikko", "Outi")


def test_it_is_that_of_the_organisation_one_works_in(cast):
    set_member(organisation=cast.theatre, user=cast.editor.user, role=Role.OWNER)
    client = cast.editor.client
    assert "Switch organisation" in sidebar(client)
    assert "Access log" not in sidebar(client)
    client.post(SWITCH, {"organisation": cast.theatre.pk})
    assert "Access log" in sidebar(client)


def test_a_new_name_and_another_language_are_seen_at_once(cast):
    client, user = cast.editor.client, cast.editor.user
    assert "Eero" in sidebar(client)
    get_user_model().objects.filter(pk=user.pk).update(first_name="Eerikki")
    assert "Eerikki" in sidebar(client)
    user.wagtail_userprofile.preferred_language = "fi"
    user.wagtail_userprofile.save()
    assert "Kirjaudu ulos" in sidebar(client)


def test_what_protects_a_form_is_each_sessions_own(cast):
    def token(client):
        return re.search(r'"CSRF_TOKEN": ?"(\w+)"', client.get(PAGE).content.decode())[1]

    own, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for client in (own, other):
        client.force_login(cast.owner.user)
    tokens = {client: token(client) for client in (own, other)}
    form = {"organisation": cast.choir.pk}
    for client in (own, other):
        answers = {whose: client.post(SWITCH, form, headers={"X-CSRFToken": tokens[whose]}) for whose in tokens}
        assert {whose: answer.status_code for whose, answer in answers.items()} == {
            whose: 302 if whose is client else 403 for whose in tokens
        }


def test_an_operator_without_an_organisation_has_one_too(db):
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("op@example.org"))
    assert "Users" in sidebar(client, "/admin/account/")
