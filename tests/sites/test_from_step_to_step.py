"""From publishing an event to its desk, and from there to a campaign with the right page and people chosen."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from registers.contacts import save_contact
from sites import seats
from sites.models import HomePage


def text(response):
    assert response.status_code == 200, response
    return html.unescape(response.content.decode())


def link(page, words):
    """The address behind a link with these words."""
    found = re.search(
        rf'<a [^>]*href="([^"]+)"[^>]*>(?:\s|<svg(?:(?!</svg>).)*</svg>)*{re.escape(words)}\s*</a>', page, re.DOTALL
    )
    assert found, words
    return html.unescape(found[1])


def test_publishing_leads_on_to_the_desk(cast, event, event_form):
    client = cast.editor.client
    data = {**event_form(client, event), "action-publish": "1"}
    page = text(client.post(f"/admin/pages/{event.pk}/edit/", data, follow=True))
    assert link(page, "Replies and invitations") == f"/admin/events/{event.pk}/"
    del data["action-publish"]
    assert "Replies and invitations" not in text(client.post(f"/admin/pages/{event.pk}/edit/", data, follow=True))


def test_the_page_tree_leads_to_the_desk(cast, choir, event):
    home = HomePage.objects.get(pk=choir.home_page_id)
    assert f"/admin/events/{event.pk}/" in text(cast.editor.client.get(f"/admin/pages/{home.pk}/"))


def test_inviting_opens_a_campaign_for_this_event_and_its_register(cast, event, anna):
    client = cast.editor.client
    address = link(text(client.get(f"/admin/events/{event.pk}/")), "Invite people")
    form = client.get(address).context["form"]
    assert form["invites_to"].value() == event.pk
    assert form["include"].value() == [f"register:{event.register_id}"]
    assert form["name"].value() == "Invitation: Summer party"


@pytest.mark.parametrize("state", ["confirmed", "waiting"])
def test_those_who_replied_are_written_to_as_an_audience(cast, make_event, register, anna, state):
    event = make_event(capacity=1)
    bo = save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.org"}, source="test")
    for contact in (anna, bo):
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)
    client = cast.editor.client
    page = text(client.get(f"/admin/events/{event.pk}/"))
    address = next(found for found in re.findall(r'href="([^"]+)"', page) if f"{event.pk}%3A{state}" in found)
    assert parse_qs(urlsplit(address).query)["include"] == [f"event:{event.pk}:{state}"]
    assert "Summer party" in text(client.get(address))
    assert client.get(address).context["form"]["include"].value() == [f"event:{event.pk}:{state}"]


def test_nobody_is_invited_to_what_takes_no_replies(cast, event):
    event.live = False
    event.save(update_fields=["live"])
    assert "Invite people<" not in text(cast.editor.client.get(f"/admin/events/{event.pk}/"))
    assert "Invite people<" not in text(cast.viewer.client.get(f"/admin/events/{event.pk}/"))


@pytest.mark.parametrize("asked", ["999999", "²", "x", "9" * 40])
def test_a_campaign_form_shows_no_page_that_is_not_ours(cast, event, asked):
    client = cast.editor.client
    assert client.get("/admin/campaigns/new/", {"invites_to": asked}).status_code == 404
    assert client.get("/admin/campaigns/new/", {"include": "event:9:all"}).status_code == 200


def test_a_stranger_cannot_ask_for_our_event_by_its_number(cast, event):
    response = cast.stranger.client.get("/admin/campaigns/new/", {"invites_to": event.pk})
    assert response.status_code == 404


def test_the_way_to_the_public_page_is_named_as_at_the_desk(cast, choir, event):
    tree = text(cast.editor.client.get(f"/admin/pages/{choir.home_page_id}/"))
    assert link(tree, "See the page") == event.url
    event.unpublish()
    assert "See the page" not in text(cast.editor.client.get(f"/admin/pages/{choir.home_page_id}/"))
