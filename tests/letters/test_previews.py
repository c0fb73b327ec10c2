"""The editor's live preview in its modes, and the web version for everybody."""

import json

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text, streamfield

from organisations import scope
from registers.models import AccessLog


def preview(person, page, data, mode=""):
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    posted = person.client.post(url, data)
    assert json.loads(posted.content)["is_valid"], posted.content
    return person.client.get(url, {"mode": mode})


def test_the_live_preview_shows_what_is_typed_and_not_saved(cast, page, form):
    shown = preview(cast.editor, page, form(subject="A new subject for {{ first_name }}"), "html").content.decode()
    assert "A new subject for [First name]" in shown  # no fall-back: the field's name
    assert "Dear friend" in shown
    page.refresh_from_db()
    assert "new subject" not in page.subject


def test_plain_text_is_a_mode_of_the_preview(cast, page, form):
    shown = preview(cast.editor, page, form(), "text").content.decode()
    assert "<pre" in shown
    assert "Dear friend" in shown
    assert "<table" not in shown


def test_as_a_contact_merges_a_real_one_and_logs_the_look_once(cast, page, form, contact):
    for _ in range(2):
        shown = preview(cast.editor, page, form(subject="For {{ hobby }}"), "contact").content.decode()
    assert "Dear Änni &lt;3" in shown
    assert "For Choir &amp; cake" in shown
    with scope.organisation(cast.choir.pk):
        assert AccessLog.objects.filter(user=cast.editor.user, subject=f"contact:{contact.pk}").count() == 1


def test_as_a_contact_says_so_where_there_is_none(cast, page, form):
    assert "no contacts yet" in preview(cast.editor, page, form(), "contact").content.decode()


@pytest.mark.parametrize("mode", ["nonsense", "../etc", "<script>"])
def test_an_unknown_mode_is_not_found(cast, page, form, mode):
    assert preview(cast.editor, page, form(), mode).status_code == 404
    draft = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    assert cast.editor.client.get(draft, {"mode": mode}).status_code == 404


def test_the_preview_offers_desktop_and_mobile(cast, page):
    html = cast.editor.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "On a computer" in html
    assert "On a phone" in html
    assert "As a contact" in html


def test_the_preview_runs_nothing(cast, page, form):
    assert "default-src 'none'" in preview(cast.editor, page, form(), "html")["Content-Security-Policy"]


def test_the_preview_of_a_new_email_is_a_finished_letter(cast, index, form):
    url = reverse("wagtailadmin_pages:preview_on_add", args=["mailer", "emailpage", index.pk])
    event = ("event", {"page": "", "button": "Reply to the invitation"})
    posted = cast.editor.client.post(url, form(slug="new", body=streamfield([event])))
    assert json.loads(posted.content)["is_valid"], posted.content
    shown = cast.editor.client.get(url, {"mode": "html"}).content.decode()
    assert "The event you invite to" in shown
    assert "Reply to the invitation" in shown


def test_a_stranger_gets_no_preview(cast, page, form):
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert cast.stranger.client.post(url, form()).status_code == 404
    assert cast.stranger.client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 404


def test_the_web_version_shows_the_fall_backs_and_nothing_personal(client, page):
    response = client.get(page.get_url())
    html = response.content.decode()
    assert response.status_code == 200
    assert "Hello friend" in html
    assert "Unsubscribe" not in html
    assert "{{" not in html
    assert 'content="noindex"' in html
    assert response["X-Robots-Tag"] == "noindex"
    assert "/r/" not in html


def test_a_draft_has_no_web_version(client, page):
    page.unpublish()
    assert client.get(page.get_url() or "/choir/mail/autumn/").status_code == 404


def test_the_index_has_no_public_face(client, index):
    assert index.url is None
    assert client.get("/choir/mail/").status_code == 404


def test_a_script_in_a_text_reaches_neither_preview_nor_web(cast, page, form, client):
    body = streamfield([("text", rich_text("<p>Hi &lt;script&gt;alert(1)&lt;/script&gt;</p>"))])
    cast.editor.client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form(body=body) | {"action-publish": "action-publish"}
    )
    page.refresh_from_db()
    page.body.raw_data[0]["value"] = "<p>Hi<script>alert(1)</script></p>"
    page.save()
    assert "<script" not in client.get(page.get_url()).content.decode()
