"""A register of singers, of whom somebody sees a part: who writes to whom."""

from django.urls import reverse

from mailer.models import EmailCampaign, EmailMessage, Sender
from organisations import scope
from organisations.models import Role
from registers.books import create_register
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import Contact, Group
from tests.cast import Cast, make_cast, person
from tests.mailer_engine.conftest import make_page, words
from tests.mailer_engine.test_screens import NEW, form, seen
from tests.organisations.part import limit
from tests.stage import Stage


class Singers:
    """A register with the groups Altos (and below them Low altos) and Basses; Anu and Aila sing alto, Bo bass."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.choir = cast, cast.choir
        self.register = create_register(name="Singers")
        self.altos = Group.objects.create(register=self.register, name="Altos")
        self.low = Group.objects.create(register=self.register, name="Low altos", parent=self.altos)
        self.basses = Group.objects.create(register=self.register, name="Basses")
        self.anu, self.aila, self.bo = (
            self.sing(*who) for who in (("Anu", self.altos), ("Aila", self.low), ("Bo", self.basses))
        )
        self.page = make_page(self.choir)
        self.sender = Sender.objects.create(name="Choir", email="choir@choir.example")
        self.limited = person(self.choir, Role.EDITOR, "Liisa")
        limit(self.choir, self.limited, f"group:{self.altos.pk}")
        self.limited = self.limited.again()

    def sing(self, name: str, group: Group) -> Contact:
        values = {"first_name": name, "email": f"{name.lower()}@singers.example"}
        contact = save_contact(register=self.register, values=values, source="test")
        add_to_group(group=group, contacts=[contact.pk])
        return contact

    @property
    def everybody(self) -> str:
        return f"register:{self.register.pk}"

    def make(self, client, **changes) -> EmailCampaign:
        response = client.post(NEW, form(self.register, self.page, self.sender, **changes))
        assert response.status_code == 302, words(response)
        return EmailCampaign.objects.latest("pk")

    def confirm(self, client, campaign: EmailCampaign) -> str:
        asked = {"now": "1", "seen": seen(client, campaign)}
        return words(client.post(reverse("campaigns:confirm", args=[campaign.pk]), asked, follow=True))


def make_singers(on: Stage) -> Singers:
    cast = on[make_cast].again() if make_cast in on else make_cast()
    with scope.organisation(cast.choir.pk):
        return Singers(cast)


def recipients(campaign: EmailCampaign) -> set[str]:
    rows = EmailMessage.objects.filter(campaign=campaign, traffic="bulk")
    return {address.partition("@")[0] for address in rows.values_list("address", flat=True)}


def refreshed(campaign: EmailCampaign) -> EmailCampaign:
    return EmailCampaign.objects.get(pk=campaign.pk)
