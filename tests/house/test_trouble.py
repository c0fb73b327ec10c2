"""What people read when something cannot be done: words in the product's look, not a bare status."""

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
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert answer.status_code == 403
    assert "The form was not sent" in answer.content.decode()


def test_far_too_much_at_once(db):
    answer = Client().post("/admin/login/", {"username": "x" * 3_000_000})
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.content.decode()
