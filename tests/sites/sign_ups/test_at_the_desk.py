"""Sign-up pages in the admin: made, shown, and what hangs on them."""

import html

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from mailer.models import EmailMessage
from registers.books import create_register
from registers.models import AccessLog
from sites.models import ContentPage, SignUpPage
from tests.sites.sign_ups.steps import join, own_link

pytestmark = pytest.mark.django_db


def test_the_desk_tells_who_came_and_gives_the_forms_for_other_sites(page, cast):
    contact = join(**{"q-q2": ["Music"]})
    join()  # once more, and is one in the list as in the number
    index = cast.editor.client.get(reverse("events:sign_ups")).content.decode()
    assert reverse("events:sign_up_page", args=[page.pk]) in index
    shown = cast.editor.client.get(reverse("events:sign_up_page", args=[page.pk]))
    assert shown.content.decode().count(reverse("registers:contact", args=[contact.pk])) == 1
    join_html, link_html = shown.context["join_snippet"], shown.context["link_snippet"]
    assert f'/s/{page.pk}/" method="post"' in join_html
    assert all(f'name="{name}"' in join_html for name in ("email", "first_name", "q-q1", "q-q2", "q-q3", "subject"))
    assert "csrf" not in join_html + link_html
    assert "for=" not in join_html + link_html  # a page may hold it twice: each label keeps to the field in it
    assert AccessLog.objects.filter(action="list", count=1).exists()


def test_who_deletes_the_group_or_the_register_reads_which_page_needs_it(page, cast, group, register):
    asked = cast.editor.client.get(reverse("registers:delete_group", args=[group.pk])).content.decode()
    assert "People who sign up on these pages join no group then: “Newsletter”." in asked
    asked = cast.owner.client.get(reverse("registers:delete", args=[register.pk])).content.decode()
    assert "Sign-up page: Newsletter" in asked


def test_who_takes_a_page_down_or_deletes_it_reads_whose_links_lead_nowhere_then(page, cast, anna):
    for _time in range(2):
        own_link()
    several = f"?id={page.pk}&id={page.get_parent().pk}&next=/admin/"
    for address in (
        reverse("wagtailadmin_pages:unpublish", args=[page.pk]),
        reverse("wagtailadmin_pages:delete", args=[page.pk]),
        f"/admin/bulk/wagtailcore/page/unpublish/{several}",
        f"/admin/bulk/wagtailcore/page/delete/{several}",
    ):
        asked = html.unescape(cast.editor.client.get(address).content.decode())
        assert asked.count("Without “Newsletter” nobody signs up there") == 1
        assert asked.count("The link to their own details that 1 person has been mailed leads nowhere then.") == 1
        assert "unpublish the subpages too" not in asked
    section, empty = (
        page.get_parent().add_child(instance=ContentPage(title=title, slug=title.lower())) for title in ("News", "Old")
    )
    page.move(section, "last-child")
    for asks in (
        reverse("wagtailadmin_pages:unpublish", args=[section.pk]),
        f"/admin/bulk/wagtailcore/page/unpublish/?id={section.pk}&id={empty.pk}&next=/admin/",
    ):
        assert cast.editor.client.get(asks).content.decode().count("subpages too, 1 sign-up page closes") == 1
    page.refresh_from_db()
    page.unpublish()
    assert "sign-up page closes" not in cast.editor.client.get(asks).content.decode()


def test_the_words_of_the_mails_are_the_editors(page, cast):
    """They begin with ours, which go out for those that are emptied."""
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    bound = cast.editor.client.get(edit).context["form"]
    assert bound["confirm_subject"].value() == "Please confirm: {{ page }}"
    assert "Press the button" in bound["confirm_body"].value()
    form = {
        **{name: bound[name].value() for name in ("title", "slug", "register", "name_question", "phone_question")},
        **dict.fromkeys(("intro", "thanks"), rich_text("")),
        "link_subject": bound["link_subject"].value(),
        "link_body": bound["link_body"].field.widget.converter.from_database_format(bound["link_body"].value()),
        "confirm_subject": "Hei {{ frist_name }}",
        "confirm_body": rich_text("<p>Tervetuloa, {{ first_name|ystävä }}!</p>"),
        "questions": streamfield([]),
        "comments": inline_formset([]),
        "action-publish": "1",
    }
    refused = cast.editor.client.post(edit, nested_form_data(form)).context["form"].errors["confirm_subject"]
    assert "first_name" in str(refused)
    form["confirm_subject"] = "Hei {{ first_name }}, {{ page }}"
    assert cast.editor.client.post(edit, nested_form_data(form)).status_code == 302
    page.refresh_from_db()
    assert (page.link_subject, page.link_body) == ("", "")  # saved as they were shown, they stay ours
    join()
    own_link()
    ours, own = EmailMessage.objects.order_by("-kind").values_list("letter", flat=True)
    assert ours["subject"] == "Your link: Newsletter"
    assert own["subject"] == "Hei Anna, Newsletter"
    assert "Tervetuloa, Anna!" in own["text"]


def test_a_campaign_can_ask_everybody_to_look_at_their_details(page, cast, anna):
    chosen = cast.editor.client.get(reverse("events:sign_up_page", args=[page.pk])).context["ask_url"]
    asked = cast.editor.client.get(chosen)
    assert asked.context["form"].initial["invites_to"].pk == page.pk
    link = page.personal_url(anna).removeprefix("http://localhost:8000")
    assert "Virtanen" in Client().get(link[link.index("/choir/") :]).content.decode()


def test_a_group_of_another_register_and_a_column_it_lacks_are_refused(page, cast, choir):
    """And a page is made in the admin, with a question that fills a column."""
    add = reverse("wagtailadmin_pages:add", args=["sites", "signuppage", choir.home_page_id])
    event = reverse("wagtailadmin_pages:add", args=["sites", "rsvppage", choir.home_page_id])
    chosen = [cast.editor.client.get(new).context["form"]["register"].value() for new in (add, event)]
    assert chosen == [page.register_id] * 2
    other = create_register(name="Others")
    for shown in (cast.editor.client.get(add), cast.editor.client.get(event)):
        assert shown.context["form"]["register"].value() is None
        assert "Diet (only in Members)" in shown.content.decode()
        assert "City (only" not in shown.content.decode()
    question = ("text", {"label": "Diet?", "column": "attributes.diet", "help_text": "", "required": ""})
    form = {
        "title": "Club",
        "slug": "club",
        "intro": rich_text("<p>Join us</p>"),
        "thanks": rich_text(""),
        "register": other.pk,
        "group": page.group_id,
        "name_question": "optional",
        "phone_question": "off",
        "questions": streamfield([question]),
        "comments": inline_formset([]),
        "action-publish": "1",
    }
    choice = ("radio", {"label": "Kind?", "column": "attributes.interests", "help_text": "", "options": "Music\nJazz"})
    wrong = nested_form_data({**form, "questions": streamfield([choice]), "register": page.register_id})
    refused = cast.editor.client.post(add, wrong).context["form"].errors.as_text()
    assert "The answers to “Kind?” cannot be saved into “Interests”: “Jazz”" in refused
    refused = cast.editor.client.post(add, nested_form_data(form)).context["form"].errors.as_text()
    assert "This group is of another register." in refused
    assert "saves into a column that the register “Others” does not have" in refused
    form |= {"register": page.register_id}
    made = cast.editor.client.post(add, nested_form_data(form), follow=True).content.decode()
    club = SignUpPage.objects.get(slug="club")
    assert (club.live, club.definition.questions[0].column) == (True, "attributes.diet")
    assert reverse("events:sign_up_page", args=[club.pk]) in made
