"""People keep their details up to date and leave, by a link of their own."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from mailer.models import EmailMessage
from registers.books import add_field
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import Channel, Contact, Group, SuppressionKind
from registers.suppression import suppress, suppressed
from sites.models import SignUp
from tests.sites.sign_ups.steps import PAGE, agreed, join, mailed, own_link, press, sign_up, typed

pytestmark = pytest.mark.django_db


def test_a_link_of_ones_own_shows_changes_and_empties_what_the_register_has(page):
    contact = join(**{"q-q1": "vegan", "q-q2": ["Music"], "q-q3": "on"})
    link = own_link()
    shown = Client().get(link).content.decode()
    assert 'value="vegan"' in shown
    assert "The details of Anna Virtanen" in shown
    changed = {**typed(first_name="Anna-Maija"), "q-q1": "", "q-q2": ["Food"], "q-q3": "on"}
    answer = Client().post(link, changed, follow=True)
    assert "Saved." in answer.content.decode()
    contact.refresh_from_db()
    assert (contact.first_name, contact.attributes) == ("Anna-Maija", {"interests": ["food"]})
    assert agreed(contact) == [True]
    del changed["q-q3"]
    Client().post(link, changed)
    assert agreed(contact) == [False]


def test_a_choice_that_the_form_does_not_offer_any_more_is_not_lost_by_saving(page):
    contact = join(**{"q-q2": ["Music", "Food"]})
    questions = [dict(child) for child in page.questions.raw_data]
    questions[1]["value"]["options"] = "Music\nTravel"
    page.questions = questions
    page.save_revision().publish()
    link = own_link()
    assert "Food" in Client().get(link).content.decode()
    Client().post(link, typed(**{"q-q2": ["Music", "Food"]}))
    contact.refresh_from_db()
    assert contact.attributes["interests"] == ["music", "food"]


def test_another_address_is_used_from_when_it_is_confirmed(page, choir):
    contact = join()
    stop = {"organisation_id": choir.pk, "channel": Channel.EMAIL}
    suppress(kind=SuppressionKind.UNSUBSCRIBED, address="anna@example.org", **stop)
    answer = Client().post(own_link(), typed(first_name="Annika", email="new@example.org"))
    assert answer["Location"] == f"{PAGE}sent/?address"
    assert "mail of your new address" in Client().get(answer["Location"]).content.decode()
    contact.refresh_from_db()
    assert (contact.first_name, contact.email) == ("Annika", "Anna@Example.org")
    assert EmailMessage.objects.filter(kind="signup.confirm").latest("pk").address == "new@example.org"
    assert "Your new address" in Client().get(mailed()[-1]).content.decode()
    press(mailed()[-1])
    contact.refresh_from_db()
    assert contact.email == "new@example.org"
    assert suppressed(addresses=["new@example.org"], **stop) == {"new@example.org": {SuppressionKind.UNSUBSCRIBED}}
    assert Contact.objects.count() == 1


def test_who_leaves_is_out_of_the_group_and_has_taken_back_the_consent(page, group, cast):
    contact = join(**{"q-q3": "on"})
    link = own_link()

    def told():
        desk = cast.viewer.client.get(reverse("events:sign_up_page", args=[page.pk])).content.decode()
        own = Client().get(link).content.decode()
        return "You have left the list." in own, "left the list on" in desk

    assert told() == (False, False)
    answer = Client().post(link, {"leave": "1"})
    assert answer["Location"] == f"{PAGE}left/"
    assert not Contact.objects.in_group(group)
    assert agreed(contact) == [False]
    assert Contact.objects.get() == contact
    assert told() == (True, True)
    add_to_group(group=group, contacts=[contact.pk])
    assert told() == (False, False)


def test_leaving_a_page_without_group_and_consents_stops_all_campaigns(page, choir):
    page.group, page.questions = None, []
    page.save_revision().publish()
    join()
    Client().post(own_link(), {"leave": "1"})
    stops = suppressed(organisation_id=choir.pk, channel=Channel.EMAIL, addresses=["anna@example.org"])
    assert stops == {"anna@example.org": {SuppressionKind.UNSUBSCRIBED}}


def test_who_leaves_finds_no_more_letters_however_they_came_there(page, choir, group, anna, register):
    """A member of a group below, and somebody who was in none and had agreed to nothing."""
    below = Group.objects.create(register=register, name="Below", parent=group)
    add_to_group(group=below, contacts=[anna.pk])
    Client().post(own_link(), {"leave": "1"})
    assert not Contact.objects.in_group(group)
    stops = {"organisation_id": choir.pk, "channel": Channel.EMAIL, "addresses": ["anna@example.org"]}
    assert not suppressed(**stops)
    Client().post(mailed("signup.link")[0], {"leave": "1"})
    assert suppressed(**stops) == {"anna@example.org": {SuppressionKind.UNSUBSCRIBED}}


def test_a_link_opens_nothing_from_another_address_than_its_owners(page, anna, register):
    link = own_link()
    letter = EmailMessage.objects.get()
    save_contact(register=register, contact=anna, values={"email": "new@example.org"}, source="test")
    assert Client().get(link).status_code == Client().post(link, {"leave": "1"}).status_code == 410
    later = page.personal_url(Contact.objects.get(), letter=letter)
    assert Client().get(later[later.index("/choir/") :]).status_code == 410


def test_what_the_desk_has_changed_meanwhile_is_not_written_over(page, anna, register):
    link = own_link()
    seen = re.search(r'name="seen" value="(\w+)"', Client().get(link).content.decode())[1]
    save_contact(register=register, contact=anna, values={"diet": "fish"}, source="test")
    answer = Client().post(link, {**typed(first_name="Annika"), "q-q1": "", "seen": seen}).content.decode()
    assert "Here they are as they stand now." in answer
    assert 'value="fish"' in answer
    anna.refresh_from_db()
    assert (anna.first_name, anna.attributes) == ("Anna", {"diet": "fish"})


def test_links_are_mailed_to_the_address_alone_and_now_and_then(page, anna):
    for email in ("nobody@example.org", "", "\x00", "x" * 5_000):
        assert Client().post(f"{PAGE}link/", {"email": email}).status_code == 303
    assert not EmailMessage.objects.exists()
    own_link()
    own_link()
    assert list(EmailMessage.objects.values_list("address", flat=True)) == ["anna@example.org"]


def test_forged_old_and_foreign_links_lead_nowhere(page, anna, register, cast):
    sign_up()
    confirm, own = mailed()[0], own_link()
    other = save_contact(register=register, values={"first_name": "B", "email": "b@example.org"}, source="test")
    number, rest = own.removeprefix(f"{PAGE}my/").split("-", 1)
    day, signature = rest.split("-", 1)  # with the mark of the address before it
    for forged in (
        f"my/{other.pk}-{rest}", f"my/{number}-{int(day) + 1}-{signature}", f"my/{number}/", "my/x/", "c/x/",
        f"c/{number}-{rest}", own.removeprefix(PAGE).replace("my/", "c/"),
        confirm.removeprefix(PAGE).replace("c/", "my/"),
    ):  # fmt: skip
        for client in (Client(), cast.stranger.client):
            assert client.get(f"{PAGE}{forged.rstrip('/')}/").status_code == 404
            assert client.post(f"{PAGE}{forged.rstrip('/')}/").status_code == 404
    SignUp.objects.all().delete()
    assert Client().get(confirm).status_code == Client().post(confirm).status_code == 410
    anna.delete()
    assert Client().get(own).status_code == 404


def test_a_link_of_ones_own_ends_after_half_a_year(page, anna, monkeypatch):
    link = own_link()
    monkeypatch.setattr("sites.signups.links._today", lambda: timezone.now().toordinal() + 181)
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "Get a new link" in answer.content.decode()


def test_whether_somebody_else_has_a_value_is_not_told(page, anna, register):
    add_field(register=register, label="Card", unique=True)
    page.questions = [{"id": "q1", "type": "text", "value": {"label": "Card", "column": "attributes.card"}}]
    page.save_revision().publish()
    save_contact(register=register, values={"first_name": "B", "card": "7"}, source="test")
    answer = Client().post(own_link(), typed(**{"q-q1": "7"})).content.decode()
    assert "This could not be saved." in answer
    assert "Another contact" not in answer
    anna.refresh_from_db()
    assert anna.attributes == {}


def test_mailed_links_go_on_when_the_page_gets_another_address(page, anna):
    sign_up()
    links = [mailed()[0], own_link()]
    page.slug = "letters"
    page.save_revision().publish()
    Redirect.objects.update_or_create(old_path="/choir/newsletter", defaults={"redirect_link": "/choir/letters/"})
    for link in links:
        answer = Client().get(link, follow=True)
        assert (answer.status_code, answer.request["PATH_INFO"]) == (200, link.replace("newsletter", "letters"))
