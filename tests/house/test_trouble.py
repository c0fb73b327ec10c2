"""What people read when something cannot be done: words in the product's look, not a bare status."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


def test_an_address_that_leads_nowhere(cast):
    answer = Client().get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_in_the_admin_nothing_looks_the_same_as_somebody_elses(cast):
    for path in ("/admin/registers/999999/", f"/admin/pages/{cast.theatre.home_page_id}/edit/"):
        answer = cast.editor.client.get(path)
        assert answer.status_code == 404
        assert "wagtailadmin/404.html" in [template.name for template in answer.templates]


def test_a_form_without_its_cookie(db):
    """Who wants to read a page with a password belongs to no organisation that they could have switched to."""
    for path, is_ours in (("/admin/login/", True), ("/_util/authenticate_with_password/1/1/", False)):
        answer = Client(enforce_csrf_checks=True).post(path, {"username": "x"})
        assert answer.status_code == 403
        assert "The form was not sent" in answer.content.decode()
        assert ("another organisation" in answer.content.decode()) is is_ours


def test_far_too_much_at_once(db):
    answer = Client().post("/admin/login/", {"username": "x" * 3_000_000})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()


def test_a_file_that_no_door_takes_is_not_read(db, monkeypatch, settings):
    monkeypatch.setattr("guards.disk.MAX_TEXT_BYTES", 1_000)
    monkeypatch.setattr("guards.disk.THE_REST", 1_000)
    monkeypatch.setattr("guards.disk.ENDLESS", 5_000)
    settings.DOCUMENT_MAX_MB = 0
    for size, status in ((1_000, 200), (3_000, 200), (6_000, 400)):
        form = {"username": "x", "password": "y", "file": SimpleUploadedFile("large.csv", b"a" * size)}
        answer = Client().post("/admin/login/", form)
        assert answer.status_code == status
    assert "It is too much at once" in answer.content.decode()


def test_a_form_in_letters_of_another_kind(db):
    for address in ("/admin/login/", "/healthz"):
        kind = "application/x-www-form-urlencoded; charset=utf-7"
        answer = Client(enforce_csrf_checks=True).post(
            address, b"a=b", kind, headers={"cookie": "csrftoken=" + "a" * 32}
        )
        assert answer.status_code == 400
        assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize("screen", ["add/sites/rsvppage/{home}/", "{home}/edit/", "{home}/edit/preview/"])
def test_a_forged_form_of_a_page_without_what_the_page_hides_in_it(cast, screen):
    answer = cast.editor.client.post(f"/admin/pages/{screen.format(home=cast.choir.home_page_id)}", {"title": "x"})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()


def test_somewhere_to_go_next_that_is_no_address(cast):
    for client in (Client(), cast.editor.client):
        assert client.post("/admin/login/?next=nowhere", {"username": "x"}).status_code == 400
    home = cast.choir.home_page
    assert cast.owner.client.post(f"/admin/pages/{home.pk}/delete/", {"next": "a:b"}).status_code == 400
    assert type(home).objects.filter(pk=home.pk).exists()


def test_chosen_things_that_have_no_number(cast):
    for chooser in ("choose-page", "images/chooser", "documents/chooser"):
        assert cast.editor.client.get(f"/admin/{chooser}/chosen-multiple/?id=1x").status_code == 404
    for model in ("wagtailcore/page", "organisations/image"):
        assert cast.editor.client.get(f"/admin/bulk/{model}/delete/?id=all&id=1x").status_code == 400


@pytest.mark.parametrize(
    "hidden", [{"intro": "{"}, {"questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "1", "questions-0-id": "*"}]
)
def test_a_forged_form_with_something_else_in_what_the_page_hides(cast, hidden):
    home = cast.choir.home_page
    answer = cast.editor.client.post(f"/admin/pages/add/sites/signuppage/{home.pk}/", hidden)
    assert answer.status_code == 400
