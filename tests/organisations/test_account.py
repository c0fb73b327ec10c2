"""The screens that Wagtail brings for one's account and for new pages offer nothing that leads nowhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"


def test_only_letters_that_are_sent_can_be_chosen(cast):
    html = cast.editor.client.get(ACCOUNT).content.decode()
    assert "updated_comments_notifications" in html
    assert "submitted_notifications" not in html


def test_a_picture_that_is_none_is_refused_with_a_reason(cast):
    picture = SimpleUploadedFile("me.png", b"no picture", content_type="image/png")
    html = cast.editor.client.post(ACCOUNT, {"avatar-avatar": picture}).content.decode()
    assert "Upload a valid image" in html


def test_a_new_page_is_chosen_without_links_to_the_operators_lists(cast):
    html = cast.editor.client.get(f"/admin/pages/{cast.choir.home_page_id}/add_subpage/").content.decode()
    assert "/admin/pages/add/sites/rsvppage/" in html
    assert "/admin/pages/usage/" not in html


def test_ones_language_is_one_of_the_products_and_ones_time_zone_the_organisations(cast):
    cast.choir.time_zone = "Europe/Stockholm"
    cast.choir.save()
    html = cast.editor.client.get(ACCOUNT).content.decode()
    assert '<option value="sv">' in html
    assert '<option value="ja">' not in html
    assert "Use the organisation’s time zone" in html
    assert "Use server time zone" not in html
    assert 'server-time-zone-param="Europe/Stockholm"' in html
    answer = cast.editor.client.post(ACCOUNT, {
        "name_email-first_name": "Eero", "name_email-last_name": "E", "locale-preferred_language": "sv",
        "locale-current_time_zone": "", "theme-theme": "system", "theme-contrast": "system", "theme-density": "default",
    })  # fmt: skip
    assert answer.status_code == 302
