"""Signing in, the health check, and what is never served."""

import django_rq
import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from redis import Redis
from wagtail.admin.icons import get_icon_sprite_url
from wagtail.contrib.redirects.models import Redirect

from cms.sweeps import forget_old_sessions
from organisations.access import create_organisation, set_member
from organisations.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def away(settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}


@pytest.fixture
def editor():
    cache.clear()
    user = User.objects.create_user("eero@choir.example", "correct horse")
    set_member(organisation=create_organisation(name="Choir", slug="choir"), user=user, role=Role.EDITOR)
    return user


def sign_in(client, password="correct horse"):
    return client.post("/admin/login/", {"username": "eero@choir.example", "password": password})


def test_an_editor_signs_in_by_e_mail_address(client, editor):
    assert sign_in(client)["Location"] == reverse("wagtailadmin_home")


def test_what_is_known_of_who_signed_in_long_ago_is_deleted(client, editor):
    for browser in (Browser(), client):
        Session.objects.update(expire_date="2020-01-01T00:00Z")
        sign_in(browser)
    forget_old_sessions()
    assert Session.objects.get().session_key == client.session.session_key


def test_who_signs_out_is_led_to_the_sign_in(client, editor):
    sign_in(client)
    assert client.get("/admin/account/").status_code == 200
    page = client.post("/admin/logout/", follow=True)
    assert (page.status_code, page.redirect_chain) == (200, [("/admin/login/", 302)])
    assert client.get("/admin/account/").status_code == 302


def test_what_was_typed_while_the_session_ended_comes_along_through_the_sign_in(editor):
    browser = Browser(enforce_csrf_checks=True)
    browser.get("/admin/login/")

    def send(address, **fields):
        typed = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, **fields}
        return browser.post(address, typed, follow=True)

    saved_by_itself = {"headers": {"Accept": "application/json", "X-CSRFToken": browser.cookies["csrftoken"].value}}
    assert "save now, then sign in" in browser.post("/admin/registers/add/", **saved_by_itself).json()["error_message"]
    asked = send("/admin/registers/add/", **{"name": 'Sopranos & "altos"', "columns-TOTAL_FORMS": "0"})
    kept = asked.context["kept"]
    assert "You have been signed out" in asked.content.decode()
    wrong = send("/admin/login/", username="eero@choir.example", password="a guess", kept=kept)
    assert wrong.context["kept"] == kept
    signed_in = send("/admin/login/", username="eero@choir.example", password="correct horse", kept=kept)
    page = signed_in.content.decode()
    assert 'action="/admin/registers/add/"' in page
    sent = send("/admin/registers/add/", **dict(signed_in.context["fields"]))
    assert "Sopranos &amp; &quot;altos&quot;" in sent.content.decode()
    assert "file you had chosen" not in page
    forged = send("/admin/login/", username="eero@choir.example", password="correct horse", kept="forged")
    assert forged.redirect_chain[0][0] == reverse("wagtailadmin_home")


def test_a_file_that_was_chosen_while_the_session_ended_is_to_be_chosen_once_more(editor, client):
    asked = client.post("/admin/images/add/", {"title": "Choir", "file": SimpleUploadedFile("choir.png", b"png")})
    typed = {"username": "eero@choir.example", "password": "correct horse", "kept": asked.context["kept"]}
    page = client.post("/admin/login/", typed).text
    assert "file you had chosen" in page
    assert "Send the form" in page


def test_where_there_was_only_a_file_there_is_nothing_to_send(editor, client):
    asked = client.post("/admin/registers/1/import/", {"file": SimpleUploadedFile("people.csv", b"Name")})
    typed = {"username": "eero@choir.example", "password": "correct horse", "kept": asked.context["kept"]}
    page = client.post("/admin/login/", typed).text
    assert "Choose the file" in page
    assert "Send the form" not in page


def test_guessing_a_password_ends_after_twenty_tries(client, editor):
    assert {sign_in(client, f"guess {number}").status_code for number in range(20)} == {200}
    response = sign_in(client)
    assert response.status_code == 429
    assert "Too many tries" in response.content.decode()


def test_nobody_is_flooded_with_links_to_a_new_password(client, editor, mailoutbox):
    typed = ["eero@choir.example", " EERO@choir.example", "eero@choir.example", "Eero@choir.example"]
    answers = [client.post("/admin/password_reset/", {"email": address}) for address in typed]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Too many tries" in answers[-1].content.decode()
    assert len(mailoutbox) == 3


def test_a_missing_valkey_locks_nobody_out(client, editor, away):
    assert sign_in(client)["Location"] == reverse("wagtailadmin_home")


def test_icons_are_kept_by_browsers_under_the_address_that_names_them(client):
    assert "immutable" in client.get(get_icon_sprite_url())["Cache-Control"]
    assert "no-store" in client.get(reverse("wagtailadmin_sprite"), {"h": "of old"})["Cache-Control"]


def test_the_health_check_names_what_is_away(client):
    assert client.get("/healthz").json() == {"database": True, "queue": True}
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")  # as a standby is
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"database": False, "queue": True})


def test_a_valkey_that_takes_nothing_is_not_well(client, settings, monkeypatch):
    """As one whose memory is full."""
    django_rq.get_connection("default").execute_command("ACL", "SETUSER", "reader", "on", "nopass", "+ping")
    reader = Redis.from_url(settings.VALKEY_URL, username="reader", password="any")
    monkeypatch.setattr(django_rq, "get_connection", lambda _name: reader)
    assert client.get("/healthz").json() == {"database": True, "queue": False}


@pytest.mark.parametrize("path", ["documents/a.pdf", "original_images/a.jpg", "images/../documents/a.pdf"])
def test_originals_and_documents_are_not_served_by_path(client, settings, tmp_path, path):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("documents", "original_images", "images"):
        (tmp_path / folder).mkdir()
        for name in ("a.pdf", "a.jpg"):
            (tmp_path / folder / name).write_bytes(b"secret")
    assert client.get("/media/images/a.jpg").status_code == 200
    assert client.get(f"/media/{path}").status_code == 404


def test_the_platforms_own_address_leads_to_the_admin(client):
    assert client.get("/")["Location"] == reverse("wagtailadmin_home")


def test_a_redirect_leads_from_an_old_public_address_and_from_none_of_the_admins(client):
    for path in ("/old-party", "/admin/old"):
        Redirect.objects.create(old_path=path, redirect_link="/healthz")
    assert client.get("/old-party/")["Location"] == "/healthz"
    assert client.get("/admin/old/").status_code != 301
