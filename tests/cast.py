"""The cast of every story: an editor, a colleague with fewer rights, a stranger from another organisation."""

from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.test import Client

from organisations.access import create_organisation, set_member
from organisations.models import Organisation, Role, User


@dataclass
class Person:
    user: User
    client: Client

    def again(self, user: User | None = None) -> "Person":
        client = Client()
        client.cookies = SimpleCookie(self.client.cookies)
        return Person(user=user or User.objects.get(pk=self.user.pk), client=client)


@dataclass
class Cast:
    choir: Organisation
    owner: Person
    editor: Person
    sender: Person
    viewer: Person
    theatre: Organisation
    stranger: Person  # an editor of the theatre

    def again(self) -> "Cast":
        """The same people as they are in the database, whatever a test has done to these."""
        people = {name: value for name, value in vars(self).items() if isinstance(value, Person)}
        users = User.objects.in_bulk([one.user.pk for one in people.values()])
        found = {name: one.again(users[one.user.pk]) for name, one in people.items()}
        houses = Organisation.objects.in_bulk([self.choir.pk, self.theatre.pk])
        return Cast(choir=houses[self.choir.pk], theatre=houses[self.theatre.pk], **found)


def person(organisation: Organisation, role: str, name: str) -> Person:
    user = User.objects.create_user(f"{name.lower()}@{organisation.slug}.example", first_name=name)
    set_member(organisation=organisation, user=user, role=role)
    client = Client()
    client.force_login(user)
    return Person(user=user, client=client)


def make_cast(_stage: object = None) -> Cast:
    choir = create_organisation(name="Kaamos Choir", slug="choir")
    theatre = create_organisation(name="Ruska Theatre", slug="theatre")
    return Cast(
        choir=choir,
        owner=person(choir, Role.OWNER, "Oili"),
        editor=person(choir, Role.EDITOR, "Eero"),
        sender=person(choir, Role.SENDER, "Saara"),
        viewer=person(choir, Role.VIEWER, "Veikko"),
        theatre=theatre,
        stranger=person(theatre, Role.EDITOR, "Siiri"),
    )
