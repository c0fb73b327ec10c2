"""A house of which somebody may see group A only, and nobody else of the same register or of another one.

It is the theatre of the wall, full of rows that carry SECRET; here the name of the organisation, of the register and of
what belongs to everybody is a plain one, and in the register stands a group A with Aino in it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mailer.models import EmailPage, Sender
from organisations import reach, scope
from organisations.access import set_member
from organisations.models import Membership, Organisation, Role, User
from organisations.roles import reach_of
from registers.appointments import make_appointment
from registers.books import create_register
from registers.companies import employ, find_or_make_company
from registers.contacts import save_contact
from registers.couples import make_couple
from registers.documents import add_document
from registers.followups import make_follow_up
from registers.memberships import add_to_group
from registers.models import (
    Contact,
    ExportPurpose,
    Field,
    Group,
    Note,
    Purpose,
    Reason,
    Register,
)
from registers.notes import add_note
from registers.reasons import give_reason
from registers.stars import set_star
from sites.models import RsvpPage, SignUpPage
from tests.cast import Person, person
from tests.organisations.keys import MODELS
from tests.organisations.treasure import SECRET, fill_theatre, uploads_of


@dataclass
class House:
    theatre: Organisation
    owner: Person
    limited: Person
    register: int
    hidden: int
    group: int
    aino: int


def keep_everything_with(contact: Contact, user: User) -> None:
    """One of all that may hang on a contact; the responsible person may not see each of them."""
    soon = timezone.now() + timedelta(days=2)
    add_note(contact=contact, text="Called", kind=Note.Kind.OTHER, author=user)
    make_appointment(contact=contact, title="Coffee", starts_at=soon, user=user)
    make_follow_up(contact=contact, text="Call again", due_on=soon.date(), responsible=user, user=user)
    add_document(contact=contact, file=SimpleUploadedFile("letter.txt", b"Hello"), user=user)
    give_reason(contacts=[contact.pk], reason=Reason.objects.all()[0])


def limit(theatre: Organisation, someone: Person, *references: str, role: str = Role.EDITOR) -> Membership:
    membership = set_member(organisation=theatre, user=someone.user, role=role, limited=True)
    with scope.organisation(theatre.pk):
        reach.places().choose(membership, references)
    return membership


def make_house(_stage: object = None) -> House:
    theatre = fill_theatre()
    Organisation.objects.filter(pk=theatre.pk).update(name="House", contact_email="", postal_address="")
    owner, limited = person(theatre, Role.OWNER, "Orvokki"), person(theatre, Role.EDITOR, "Liisa")
    with scope.organisation(theatre.pk):
        register = Register.objects.get()
        Register.objects.update(name="Members", description="", privacy_notice="")
        Field.objects.update(label="Column", section="", help_text="")
        Purpose.objects.update(name="Newsletter", description="")
        ExportPurpose.objects.update(name="A list")
        Reason.objects.update(name="Member")
        Sender.objects.update(name="House", email="house@example.org")
        EmailPage.objects.update(title="Letter", subject="Letter")
        RsvpPage.objects.update(title="Premiere")
        SignUpPage.objects.update(title="Club")
        group = Group.objects.create(register=register, name="Group A", parent=Group.objects.first())
        below = Group.objects.create(register=register, name="Below A", parent=group)
        values = {"first_name": "Aino", "last_name": "Ahola", "birth_date": "1960-01-01", "phone": "+358501234567"}
        aino = save_contact(register=register, values=values, source="test")
        add_to_group(group=below, contacts=[aino.pk])
        add_to_group(group=Group.objects.get(name=SECRET), contacts=[aino.pk])
        set_star(contact=aino, responsible=limited.user)
        employ(contact=aino, company=find_or_make_company(name="Mylly"))
        alone = save_contact(register=register, values={"first_name": SECRET, "last_name": "B"}, source="test")
        make_couple(first=aino, second=alone)
        hidden = create_register(name=f"{SECRET} others", fields=[{"label": SECRET}])
        third = save_contact(register=hidden, values={"first_name": SECRET, "last_name": "C"}, source="test")
        add_to_group(group=Group.objects.create(register=hidden, name=f"{SECRET} others"), contacts=[third.pk])
        employ(contact=third, company=find_or_make_company(name=f"{SECRET} Ltd"))
        for contact in (aino, third):
            keep_everything_with(contact, owner.user)
    uploads_of(owner.user)
    limit(theatre, limited, f"group:{group.pk}")
    return House(theatre, owner, limited, register.pk, hidden.pk, group.pk, aino.pk)


def within(house: House, someone: Person, kind: str) -> list[int]:
    """The ids that somebody sees."""
    rows = apps.get_model(MODELS[kind]).objects
    with scope.organisation(house.theatre.pk), reach.limited(reach_of(someone.again().user, house.theatre.pk)):
        return list(rows.order_by("pk").values_list("pk", flat=True))


def plain(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r"[A-Za-z0-9]{64}", "token", body.decode("utf-8", "replace"))
