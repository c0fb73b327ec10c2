"""An editor writes an e-mail in the page editor; what is wrong is said where it stands."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageSubscription
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

from mailer.models import EmailPage
from organisations import scope
from registers.models import Register
from sites.models import HomePage, RsvpPage
from tests.letters.conftest import email_index


def edit(person, page, data, publish=True):
    extra = {"action-publish": "action-publish"} if publish else {}
    return person.client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data | extra)


def errors(response):
    """The page with its errors; Wagtail packs those of blocks as JSON."""
    assert response.status_code == 200, response
    page = unescape(response.content.decode())
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), page)


def test_the_first_preview_is_a_letter_already(cast, index):
    response = cast.editor.client.get(reverse("wagtailadmin_pages:add", args=["mailer", "emailpage", index.pk]))
    html = response.content.decode()
    assert "Dear {{ first_name|friend }}" in html
    assert "Save as ready" in html
    assert "go_live_at" not in html


def test_publishing_reads_save_as_ready_on_an_email_and_publish_elsewhere(cast, page):
    mine = cast.editor.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "Save as ready" in mine
    home = cast.editor.client.get(reverse("wagtailadmin_pages:edit", args=[page.get_parent().get_parent().pk]))
    assert "Save as ready" not in home.content.decode()


def test_an_editor_saves_an_email_as_ready(cast, page, form):
    response = edit(cast.editor, page, form(subject="Tervetuloa {{ hobby|sinä }}"))
    assert response.status_code == 302
    page.refresh_from_db()
    assert page.subject == "Tervetuloa {{ hobby|sinä }}"


@pytest.mark.parametrize("publish", [True, False], ids=["ready", "draft"])
def test_an_unknown_field_in_the_subject_is_named_with_the_near_ones(cast, page, form, publish):
    html = errors(edit(cast.editor, page, form(subject="Hello {{ frist_name }}"), publish))
    assert "“frist_name” is not a field of the register “Members”. Did you mean first_name" in html
    assert "hobby" in html


@pytest.mark.parametrize("subject", ["{{ first_name }}", "{{ first_name }}{{ hobby }}!"])
def test_a_subject_that_some_would_get_empty_is_refused(cast, page, form, subject):
    html = errors(edit(cast.editor, page, form(subject=subject)))
    assert "Where “first_name” is empty nothing would stand here: add words, or a fall-back as in" in html
    assert edit(cast.editor, page, form(subject=f"{{{{ first_name|friend }}}}{subject}")).status_code == 302


def go(**parts):
    return ("button", {"label": "Go", "target": "url", "page": "", "url": ""} | parts)


WRONG = [
    (("heading", {"text": "{{ nmae }}", "size": "h1"}), "“nmae” is not a field"),
    (("heading", {"text": "Hello {{ first_name", "size": "h1"}), "“Hello {{ first_name” opens a merge field"),
    (("heading", {"text": "Hello {first_name}", "size": "h1"}), "“{first_name}” has single braces"),
    (("text", rich_text("<p>{{ twon }}</p>")), "“twon” is not a field"),
    (go(label="{{ lable }}", url="https://x.example/"), "“lable” is not a field"),
    (go(url="https://x.example/{{ adress }}"), "“adress” is not a field"),
    (go(url="https://{{ city }}/"), "A merge field can stand only after the site"),
    (go(url="javascript:alert(1)"), "Write the whole address"),
    (go(), "Write the address that the button leads to"),
    (go(target="page"), "Choose the page that the button leads to"),
]


def test_what_is_wrong_in_a_block_is_said_at_the_block(cast, page, form):
    html = errors(edit(cast.editor, page, form(body=streamfield([block for block, _ in WRONG]))))
    for _, says in WRONG:
        assert says in html
    page.refresh_from_db()
    assert "nmae" not in str(page.body.raw_data)


def test_what_was_typed_is_shown_again(cast, page, form):
    html = errors(edit(cast.editor, page, form(subject="{{ oops }}", preheader="A long night of songs")))
    assert "A long night of songs" in html


def test_a_register_of_another_organisation_cannot_be_chosen(cast, page, form):
    with scope.organisation(cast.theatre.pk):
        foreign = Register.objects.create(name="Subscribers of the theatre")
    html = errors(edit(cast.editor, page, form(register=str(foreign.pk))))
    assert "Subscribers of the theatre" not in html


def test_a_forged_page_id_is_refused(cast, page, form):
    foreign = email_index(cast.theatre)
    button = ("button", {"label": "Go", "target": "page", "page": str(foreign.pk), "url": ""})
    assert "This page does not exist" in errors(edit(cast.editor, page, form(body=streamfield([button]))))
    text = ("text", rich_text(f'<p><a linktype="page" id="{foreign.pk}">x</a></p>', features=["link"]))
    assert edit(cast.editor, page, form(body=streamfield([text]))).status_code == 200


def test_a_forged_event_is_refused(cast, page, form):
    home = HomePage.objects.get(pk=cast.theatre.home_page_id)
    with scope.organisation(cast.theatre.pk):
        register = Register.objects.create(name="Audience")
        event = RsvpPage(title="Secret premiere", slug="premiere", starts_at=timezone.now(), register=register)
        home.add_child(instance=event)
    html = errors(edit(cast.editor, page, form(body=streamfield([("event", {"page": str(event.pk), "button": "Go"})]))))
    assert "This page does not exist" in html


def test_an_impossible_id_is_refused_calmly(cast, page, form):
    for number in ("99999999999999999999", "²", "-1", "x"):
        assert edit(cast.editor, page, form(register=number)).status_code == 200


def picture(collection):
    return get_image_model().objects.create(title="Lake", file=get_test_image_file(), collection=collection)


def picture_block(image, **parts):
    own = {"image": str(image.pk), "decorative": "", "alt_text": "A lake"} | parts
    return ("picture", {"picture": {key: value for key, value in own.items() if value}, "caption": "", "link": ""})


def test_a_forged_picture_id_is_refused(cast, page, form, media):
    foreign = picture(cast.theatre.collection)
    html = errors(edit(cast.editor, page, form(body=streamfield([picture_block(foreign)]))))
    assert "This picture does not exist" in html
    assert "Lake" not in html  # and its title is not told


def test_a_picture_needs_words_or_is_marked_as_decoration(cast, page, form, media):
    own = picture(cast.choir.collection)
    assert "alt text" in errors(edit(cast.editor, page, form(body=streamfield([picture_block(own, alt_text="")]))))
    decorative = picture_block(own, alt_text="", decorative="on")
    assert edit(cast.editor, page, form(body=streamfield([decorative]))).status_code == 302


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_an_email_above_250_kb_is_refused_with_its_size(cast, page, form):
    long = rich_text("<p>" + "sing " * 30_000 + "</p>")
    html = errors(edit(cast.editor, page, form(body=streamfield([("text", long)]))))
    assert "may be 250 kB at most" in html


def test_a_line_end_in_the_subject_becomes_a_space(cast, page, form):
    edit(cast.editor, page, form(subject="Hello\r\nBcc: all@example.org"))
    page.refresh_from_db()
    assert page.subject == "Hello Bcc: all@example.org"


def test_a_sender_name_cannot_be_an_address(cast, page, form):
    assert edit(cast.editor, page, form(sender_name="Our \u202echoir")).status_code == 302
    page.refresh_from_db()
    assert page.sender_name == "Our choir"
    assert "Write a name" in errors(edit(cast.editor, page, form(sender_name='"Boss" <boss@bank.example>')))


def test_the_fields_of_each_register_are_offered_to_the_insert_menus(cast, page, register):
    with scope.organisation(cast.theatre.pk):
        Register.objects.create(name="Foreign")
    html = cast.editor.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert '"key": "hobby"' in html
    assert '"key": "attributes.city"' in html  # every contact has a city of its own already
    assert "kB" in html


def test_a_stranger_cannot_open_the_email(cast, page):
    assert cast.stranger.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 404


def test_an_email_lives_only_under_the_index(cast, index):
    assert EmailPage.allowed_parent_page_models() == [type(index)]
    assert index.allowed_subpage_models() == [EmailPage]


@pytest.mark.parametrize("name", ["wagtailadmin_pages:search", "wagtailadmin_choose_page_search"])
def test_search_finds_own_emails_and_no_foreign_ones(cast, page, name, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    url = reverse(name)
    assert "Autumn invitation" in cast.editor.client.get(url, {"q": "autumn"}).content.decode()
    assert "Autumn invitation" not in cast.stranger.client.get(url, {"q": "autumn"}).content.decode()


def test_comments_are_told_to_those_who_may_still_change_the_page(cast, page, form, mailoutbox):
    for someone in (cast.owner, cast.viewer, cast.stranger):  # two of whom could, once
        PageSubscription.objects.create(page=page, user=someone.user, comment_notifications=True)
    said = {"text": "Warmer?", "contentpath": "subject", "position": "", "resolved": "", "replies": inline_formset([])}
    saved = cast.editor.client.post(f"/admin/pages/{page.pk}/edit/", form(comments=inline_formset([said])))
    assert saved.status_code == 302
    assert [mail.to for mail in mailoutbox] == [[cast.owner.user.email]]
    assert "Warmer?" in mailoutbox[0].body
