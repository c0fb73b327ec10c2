"""An event with its invitation, some replies, and a campaign that is ready to send."""

import random
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from wagtail.rich_text import RichText

from mailer.models import EmailCampaign, EmailIndexPage, EmailPage, Sender
from organisations.models import Image, Organisation, User
from registers.models import Contact, Register, Segment
from sites.by_hand import reply_by_hand
from sites.events import version_of
from sites.models import HomePage, RsvpPage
from sites.replies import Answer

COMPANIONS = ("Aili", "Emma", "Kalevi", "Matias", "Olavi", "Pihla", "Saga", "Toivo")
DIETS = "Everything\nVegetarian\nVegan\nGluten-free"


def make_concert(*, organisation: Organisation, register: Register, owner: User) -> None:
    """A winter concert in three weeks: most seats taken, some people in line, the next invitation written."""
    sender = Sender.objects.create(name=organisation.name, email=organisation.contact_email)
    event = make_event(organisation=organisation, register=register)
    take_replies(event=event, register=register)
    email = make_invitation(organisation=organisation, register=register)
    segment = Segment.objects.get(register=register)
    EmailCampaign.objects.create(
        name="Invitation to the winter concert",
        page=email,
        sender=sender,
        invites_to=event.page_ptr,
        audience={"include": [f"segment:{segment.pk}"], "exclude": []},
        created_by=owner,
    )


def make_event(*, organisation: Organisation, register: Register) -> RsvpPage:
    event = RsvpPage(
        title="Winter concert and supper",
        slug="winter-concert",
        intro=(
            "<p>The darkest week of the year, and the whole choir on one stage. After the concert we sit down "
            "together: soup, rye bread, and something sweet.</p>"
        ),
        image=Image.objects.get(collection=organisation.collection),
        starts_at=evening_in_three_weeks(organisation),
        ends_at=evening_in_three_weeks(organisation) + timedelta(hours=3),
        place="Kemi Church Hall",
        address="Kirkkokatu 11, Kemi",
        register=register,
        capacity=40,
        largest_party=4,
        waiting_list=True,
        show_seats_left=True,
        questions=[
            {
                "type": "radio",
                "id": str(uuid4()),
                "value": {
                    "label": "What do you eat?",
                    "help_text": "",
                    "required": True,
                    "each_guest": True,
                    "column": "",
                    "options": DIETS,
                },
            },
            {
                "type": "long_text",
                "id": str(uuid4()),
                "value": {
                    "label": "Anything we should know?",
                    "help_text": "Allergies, a wheelchair, a wish for a song.",
                    "required": False,
                    "each_guest": False,
                    "column": "",
                },
            },
        ],
    )
    HomePage.objects.get(pk=organisation.home_page_id).add_child(instance=event)
    event.save_revision().publish()
    return RsvpPage.objects.get(pk=event.pk)


def take_replies(*, event: RsvpPage, register: Register) -> None:
    chance = random.Random(34)  # noqa: S311 - invented replies, not secrets
    version = version_of(event)
    diet = version.definition.questions[0].id
    for contact in Contact.objects.filter(register=register).exclude(email="").order_by("pk")[20:46]:
        guests = [
            {
                "first_name": first_name,
                "last_name": contact.last_name,
                "answers": {diet: chance.choice(DIETS.split("\n"))},
            }
            for first_name in chance.sample(COMPANIONS, chance.choice((0, 0, 1, 1, 2)))
        ]
        reply_by_hand(
            page=event,
            contact=contact,
            answer=Answer(
                coming=chance.random() < 0.9,
                version=version,
                person={"first_name": contact.first_name, "last_name": contact.last_name, "email": contact.email},
                party_size=1 + len(guests),
                answers={diet: chance.choice(DIETS.split("\n"))},
                guests=guests,
            ),
        )


def make_invitation(*, organisation: Organisation, register: Register) -> EmailPage:
    index = EmailIndexPage.objects.child_of(organisation.home_page).get()
    email = EmailPage(
        title="Invitation to the winter concert",
        slug="winter-concert-invitation",
        subject="{{ first_name|Friend }}, will you come to the winter concert?",
        preheader="Soup, rye bread and forty voices.",
        register=register,
        body=[
            ("heading", {"text": "Come and sing the dark away", "size": "h1"}),
            (
                "text",
                RichText(
                    "<p>Dear {{ first_name|friend }},</p><p>the choir closes the year with a concert, and a supper "
                    "after it. We would be glad to see you, and whoever you bring.</p>"
                ),
            ),
            ("event", {"page": None, "button": "Reply to the invitation"}),
            ("text", RichText("<p>Warm regards,<br/>Kaamos Choir</p>")),
        ],
    )
    index.add_child(instance=email)
    email.save_revision().publish()
    return EmailPage.objects.get(pk=email.pk)


def evening_in_three_weeks(organisation: Organisation) -> datetime:
    """A Saturday at six, on the organisation's wall clock."""
    today = timezone.localdate(timezone=organisation.zone)
    saturday = today + timedelta(days=21 + (5 - today.weekday()) % 7)
    return datetime(saturday.year, saturday.month, saturday.day, 18, tzinfo=organisation.zone)
