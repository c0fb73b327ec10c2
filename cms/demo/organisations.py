"""The two organisations of the demonstration, with their people."""

import random
from typing import Any

from django.db.models import prefetch_related_objects

from cms.demo.events import make_concert
from cms.demo.people import people
from cms.demo.pictures import add_picture, northern_lights, stage
from cms.demo.sign_up import make_sign_up
from cms.demo.texting import make_texting
from organisations import scope
from organisations.access import create_organisation, set_member
from organisations.models import Organisation, Role, User
from registers import activity
from registers.books import create_register
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import (
    Activity,
    Contact,
    Group,
    LegalBasis,
    Purpose,
    Register,
    RegisterPurpose,
    Segment,
)

VOICES = ("Soprano", "Alto", "Tenor", "Bass")
INTERESTS = ("Concerts", "Workshops", "Travel", "Volunteering")


def make_choir(*, password: str) -> Organisation:
    """The organisation that a newcomer works in."""
    organisation = create_organisation(
        name="Kaamos Choir",
        slug="choir",
        contact_email="hello@choir.example",
        postal_address="Satamakatu 5\n94100 Kemi, Finland",
    )
    owner = User.objects.create_user("editor@demo.example", password, first_name="Eeva", last_name="Editor")
    set_member(organisation=organisation, user=owner, role=Role.OWNER)
    with scope.organisation(organisation.pk):
        add_picture(
            organisation=organisation,
            title="Northern lights",
            description="Green northern lights above snowy hills",
            picture=northern_lights(),
        )
        register = fill_register(
            name="Members",
            description="Those who sing, and those who come to listen.",
            fields=[
                {"label": "Gender", "type": "choice", "options": ["woman", "man"]},
                {"label": "Voice", "type": "choice", "options": VOICES},
                {"label": "Interests", "type": "multiple_choice", "options": INTERESTS},
            ],
            group="Board",
            count=240,
            domain="choir.example",
        )
        say_why(register)
        make_concert(organisation=organisation, register=register, owner=owner)
        make_sign_up(organisation=organisation, register=register)
        make_texting(register=register)
    return organisation


def say_why(register: Register) -> None:
    """What the members are kept for, and what they are told of it."""
    RegisterPurpose.objects.create(
        register=register,
        purpose=Purpose.objects.create(name="Membership", description="Rehearsals, concerts and meetings."),
        legal_basis=LegalBasis.CONTRACT,
        retention="Two years after the membership has ended",
    )
    register.privacy_notice = (
        "We keep your details to invite you to rehearsals and concerts, and give them to nobody. Ask us at any time "
        "what we know of you, or to forget it: hello@choir.example."
    )
    register.save()


def make_theatre(*, password: str) -> Organisation:
    """A neighbour, to see that neither sees anything of the other."""
    organisation = create_organisation(
        name="Ruska Theatre",
        slug="theatre",
        contact_email="hello@theatre.example",
        postal_address="Koulutie 12\n96100 Rovaniemi, Finland",
    )
    organisation.theme.accent = "#7a1a2c"
    organisation.theme.save()
    editor = User.objects.create_user("neighbour@demo.example", password, first_name="Niilo", last_name="Neighbour")
    set_member(organisation=organisation, user=editor, role=Role.EDITOR)
    with scope.organisation(organisation.pk):
        add_picture(
            organisation=organisation, title="Stage", description="An empty stage with a red curtain", picture=stage()
        )
        fill_register(
            name="Season guests",
            description="Guests with a season ticket.",
            fields=[{"label": "Gender", "type": "choice", "options": ["woman", "man"]}],
            group="Patrons",
            count=60,
            domain="theatre.example",
        )
    return organisation


def fill_register(
    *, name: str, description: str, fields: list[dict[str, Any]], group: str, count: int, domain: str
) -> Register:
    """A register with invented people, a group of the first twelve, and a segment."""
    register = create_register(name=name, description=description, fields=fields)
    keys = {field["label"] for field in fields}
    chance = random.Random(name)  # noqa: S311 - invented people, not secrets
    contacts: list[Contact] = []
    timeline: list[Activity] = []
    prefetch_related_objects([register], "fields")  # read once for all
    for values in people(count=count, seed=len(name), domain=domain):
        values["attributes.gender"] = values.pop("gender")
        if "Voice" in keys:
            values["attributes.voice"] = chance.choice(VOICES).lower()
            values["attributes.interests"] = [word.lower() for word in chance.sample(INTERESTS, chance.randrange(3))]
        contacts.append(
            save_contact(register=register, values=values, source="demonstration", match_email=False, timeline=timeline)
        )
    activity.write(timeline)
    add_to_group(
        group=Group.objects.create(register=register, name=group), contacts=[contact.pk for contact in contacts[:12]]
    )
    Segment.objects.create(
        register=register,
        name="Women in Kemi",
        rule={
            "match": "all",
            "conditions": [
                {"column": "city", "op": "is", "value": "Kemi"},
                {"column": "attributes.gender", "op": "any_of", "value": ["woman"]},
            ],
        },
    )
    return register
