"""A choir with a register, and campaigns that are ready to leave."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import RichText

from campaigns.memory import accept
from campaigns.models import Message
from mailer.models import EmailCampaign, EmailIndexPage, EmailMessage, EmailPage, Sender
from mailer.rendering.compiled import CompiledEmail, Link, Slot
from mailer.transports.memory import MemoryTransport
from organisations import scope
from organisations.access import sync_groups
from registers.books import create_register
from registers.models import Contact
from sites.models import HomePage, RsvpPage
from tests.cast import make_cast
from tests.smtp_server import SmtpServer
from tests.stage import begins_with


@pytest.fixture
@begins_with(make_cast)
def cast(cast):
    with scope.organisation(cast.choir.pk):
        yield cast


@pytest.fixture
def choir(cast):
    return cast.choir


@pytest.fixture
def editor(cast):
    return cast.editor.client


@pytest.fixture
def sender(choir):
    return Sender.objects.create(name="Kaamos Choir", email="choir@choir.example")


@pytest.fixture
def register(choir):
    return create_register(name="Singers")


@pytest.fixture
def memory(settings):
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    yield MemoryTransport
    MemoryTransport.outbox.clear()
    MemoryTransport.answer = staticmethod(accept)


@pytest.fixture
def smtp(settings):
    with SmtpServer() as server:
        settings.EMAIL_URL = f"{server.url}?timeout=5"
        yield server


def words(response):
    return " ".join(response.text.split())


def listed(client, campaign, which):
    """The addresses that the report's list of `which` shows, page by page."""
    found, number = [], 1
    while True:
        page = client.get(f"/admin/campaigns/{campaign.pk}/people/{which}/?p={number}")
        found += re.findall(r"[\w.]+@singers\.example", re.sub(r"<[^>]*>", " ", page.text))
        if f"?p={number + 1}" not in page.text:
            return found
        number += 1


def add_contacts(register, count, start=0):
    """So many contacts called p0@singers.example and so on."""
    return Contact.objects.bulk_create(
        Contact(
            register=register,
            first_name=f"Aino{number}",
            last_name="Ääkkönen",
            email=f"p{number}@singers.example",
            email_key=f"p{number}@singers.example",
        )
        for number in range(start, start + count)
    )


def a_letter():
    return CompiledEmail(
        subject=("Hei ", Slot("subject", "first_name", "there")),
        html=(
            "<p>Hei ",
            Slot("html", "first_name", "there"),
            '</p><a href="',
            Slot("link", "0"),
            '">Ohjelma</a> <a href="',
            Slot("address", "unsubscribe_url"),
            '">Peru</a>',
            Slot("pixel", "open_pixel"),
        ),
        text=("Hei ", Slot("text", "first_name", "there"), "\n", Slot("address_text", "unsubscribe_url"), "\n"),
        links=(Link(("https://choir.example/programme",), "Ohjelma"),),
    )


def running_campaign(register, *, count, name="Spring concert"):
    """A campaign that has just started, with a row for each of `count` new contacts."""
    campaign = EmailCampaign.objects.create(
        name=name,
        organisation_id=register.organisation_id,
        state="sending",
        audience={"include": [f"register:{register.pk}"], "exclude": []},
        compiled=a_letter().to_json(),
        from_name="Kaamos Choir",
        from_address="choir@choir.example",
        frozen_at=timezone.now(),
        started_at=timezone.now(),
    )
    campaign.links.model.objects.create(campaign=campaign, position=0, url="https://choir.example/programme")
    EmailMessage.objects.bulk_create(
        EmailMessage(
            campaign=campaign,
            contact=contact,
            address=contact.email,
            address_key=contact.email_key,
            traffic=Message.Traffic.BULK,
            message_id=f"{campaign.pk}.{contact.pk}@choir.example",
        )
        for contact in add_contacts(register, count)
    )
    return campaign


def states(campaign):
    """How many messages of the campaign are in each state."""
    counts = {}
    for state in EmailMessage.unscoped.filter(campaign=campaign, traffic="bulk").values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def make_page(organisation, *, slug="spring", live=True, **fields):
    """An e-mail of the organisation, ready to be sent."""
    home = organisation.home_page
    if home is None:
        home = Page.get_first_root_node().add_child(title=organisation.name, slug=organisation.slug)
        organisation.home_page = home
        organisation.save()
        sync_groups(organisation=organisation)
    index = EmailIndexPage.objects.child_of(home).first()
    if index is None:
        index = home.add_child(instance=EmailIndexPage(title="E-mails", slug="mail"))
    fields = {
        "title": "Spring concert",
        "subject": "Hei {{ first_name|there }}",
        "body": [
            ("heading", {"text": "Spring concert", "size": "h1"}),
            ("text", RichText('<p>Hei {{ first_name|there }}, <a href="https://choir.example/programme">see</a>.</p>')),
        ],
    } | fields
    return index.add_child(instance=EmailPage(slug=slug, live=live, **fields))


@pytest.fixture
def page(choir):
    return make_page(choir)


def draft_campaign(register, page, sender, **fields):
    fields = {
        "name": "Spring concert",
        "audience": {"include": [f"register:{register.pk}"], "exclude": []},
    } | fields
    return EmailCampaign.objects.create(page=page, sender=sender, **fields)


@pytest.fixture
def event(choir, register):
    home = HomePage.objects.get(pk=choir.home_page_id)
    page = home.add_child(
        instance=RsvpPage(
            title="Summer party",
            slug="summer-party",
            starts_at=timezone.now() + timedelta(days=20),
            register=register,
            capacity=10,
        )
    )
    page.save_revision().publish()
    return RsvpPage.objects.get(pk=page.pk)


@pytest.fixture
def draft(register, page, sender):
    add_contacts(register, 3)
    return draft_campaign(register, page, sender)
