"""From a list of e-mails, in the words of those who write them, to the campaign that sends one."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from mailer.models import EmailPage
from organisations import scope
from sites.models import HomePage, RsvpPage, SignUpPage
from tests.letters.conftest import email_index


def text(response):
    assert response.status_code == 200, response
    return html.unescape(response.content.decode())


def explore(page):
    return reverse("wagtailadmin_explore", args=[page.pk])


def statuses(page):
    return re.findall(r"Status:\s*</span>\s*([\w +]+?)\s*<", page)


def test_saving_as_ready_leads_on_to_a_campaign_with_this_email(cast, page, form):
    client = cast.editor.client
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = text(client.post(edit, form() | {"action-publish": "1"}, follow=True))
    assert "“Autumn invitation” is ready. Nothing is sent yet." in shown
    assert "has been published" not in shown
    address = f"{reverse('campaigns:add')}?page={page.pk}"
    assert re.search(rf'href="{re.escape(address)}"[^>]*>\s*Send it: new campaign', shown)
    campaign = client.get(address).context["form"]
    assert campaign["page"].value() == page.pk
    assert campaign["name"].value() == "Autumn invitation"
    assert "Send it: new campaign" not in text(client.post(edit, form(), follow=True)).split("messages", 1)[0]


def test_the_editor_of_a_copy_opens(cast, page):
    address, original = (reverse(f"wagtailadmin_pages:{act}", args=[page.pk]) for act in ("copy", "edit"))
    asked = {"new_title": "Next year", "new_slug": "next", "new_parent_page": page.get_parent().pk, "next": original}
    copied = cast.editor.client.post(address, asked)
    copy = EmailPage.objects.get(slug="next")
    assert copied.url == reverse("wagtailadmin_pages:edit", args=[copy.pk])


def test_a_new_email_leads_on_too(cast, index, form):
    add = reverse("wagtailadmin_pages:add", args=["mailer", "emailpage", index.pk])
    response = cast.editor.client.post(add, form(slug="second") | {"action-publish": "1"}, follow=True)
    assert f"?page={EmailPage.objects.get(slug='second').pk}" in text(response)


def test_the_list_speaks_of_emails(cast, index, page):
    client = cast.editor.client
    shown = text(client.get(explore(index)))
    assert "New e-mail" in shown
    assert "Add child page" not in shown
    assert statuses(shown) == ["ready"]
    assert f'href="{reverse("campaigns:add")}?page={page.pk}"' in shown
    page.save_revision()
    EmailPage.objects.filter(pk=page.pk).update(has_unpublished_changes=True)
    assert statuses(text(client.get(explore(index)))) == ["ready + changes"]
    EmailPage.objects.filter(pk=page.pk).update(live=False)
    shown = text(client.get(explore(index)))
    assert statuses(shown) == ["draft"]
    assert f"?page={page.pk}" not in shown
    assert text(client.get(reverse("wagtailadmin_pages:add", args=["mailer", "emailpage", index.pk])))


def test_nothing_leads_to_the_list_itself_on_the_web(cast, index, page):
    for parent in (index, index.get_parent()):
        shown = text(cast.editor.client.get(explore(parent)))
        assert f'href="{index.get_url_parts()[2]}"' not in shown
    assert Client().get(index.get_url_parts()[2]).status_code == 404
    assert page.url.startswith("/")


def test_the_viewer_of_a_list_gets_no_way_to_send(cast, index, page):
    response = cast.viewer.client.get(explore(index))
    assert response.status_code != 200 or "new campaign" not in text(response)


@pytest.mark.parametrize("whose", ["foreign", "not an e-mail", "none"])
def test_another_page_opens_no_campaign(cast, page, whose):
    foreign = email_index(cast.theatre).add_child(instance=EmailPage(title="X", slug="x", subject="X"))
    pk = {"foreign": foreign.pk, "not an e-mail": page.get_parent().pk, "none": 10**12}[whose]
    assert cast.editor.client.get(f"{reverse('campaigns:add')}?page={pk}").status_code == 404


def test_choosers_open_where_the_pages_are(cast, index, page):
    email_index(cast.theatre).add_child(instance=EmailPage(title="Theirs", slug="theirs", subject="X"))
    choose = reverse("wagtailadmin_choose_page")
    answer = cast.editor.client.get(choose, {"page_type": "mailer.emailpage"})
    assert answer.json()["parent_page_id"] == index.pk
    assert "Autumn invitation" in answer.json()["html"]
    assert "Theirs" not in answer.json()["html"]
    for kind in ("sites.rsvppage", "wagtailcore.page", ""):
        home = cast.editor.client.get(choose, {"page_type": kind}).json()["parent_page_id"]
        assert home == index.get_parent().pk
    assert cast.editor.client.get(choose, {"page_type": "no.such"}).status_code == 404


def test_a_campaign_invites_only_to_pages_that_invite(cast, page):
    client = cast.editor.client
    widgets = client.get(reverse("campaigns:add")).context["form"].fields
    assert widgets["invites_to"].widget.target_models == [RsvpPage, SignUpPage]
    assert widgets["page"].widget.target_models == [EmailPage]
    with scope.organisation(cast.choir.pk):
        home = HomePage.objects.get(pk=cast.choir.home_page_id)
    answer = client.post(reverse("campaigns:add"), {"name": "A", "page": page.pk, "invites_to": home.pk})
    assert "Nobody can be invited to this page" in text(answer)


def test_a_campaigns_page_says_its_name_once(cast, page):
    client = cast.editor.client
    answer = client.post(
        reverse("campaigns:add"), {"name": "Once upon a time", "page": page.pk, "when": "now"}, follow=True
    )
    below_the_breadcrumbs = text(answer).split("</header>")[-1]
    assert "Once upon a time" not in below_the_breadcrumbs


def test_an_email_is_not_called_a_page(cast, index, page):
    client = cast.editor.client
    assert "View live" not in text(client.get(explore(index)))
    page.save_revision().publish()
    listed = text(client.get(explore(index)))
    assert "View live" not in listed
    address = EmailPage.objects.get(pk=page.pk).url
    assert re.search(rf'href="{re.escape(address)}"[^>]*>\s*(?:<svg.*?</svg>)?\s*Read it on the web', listed, re.DOTALL)
    form = text(client.get(reverse("campaigns:add")))
    for words in ("Choose an e-mail", "Choose an event or a sign-up page"):
        assert words in form
    assert "Choose a page" not in form


def test_a_list_without_any_says_what_it_is_for(cast, index):
    EmailPage.objects.child_of(index).delete()
    shown = text(cast.editor.client.get(explore(index)))
    assert re.search(
        rf'href="{reverse("wagtailadmin_pages:add", args=["mailer", "emailpage", index.pk])}"[^>]*>Write the', shown
    )
    searched = text(cast.editor.client.get(f"{explore(index)}?q=x"))
    assert "Write the first e-mail" not in searched
