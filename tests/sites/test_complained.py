"""Who has complained of our mail gets the answer to what they send themselves, and nothing else."""

from django.test import Client

from mailer.models import EmailMessage, Sender
from mailer.outbox.sending import send_singles
from mailer.transports.memory import MemoryTransport
from registers.suppression import suppress
from sites.models import Registration
from tests.sites.conftest import yes

GUEST = {"guest-1-first_name": "Cia"}


def test_their_own_reply_is_confirmed_to_them_and_one_that_the_desk_adds_is_not(desk, event, anna, settings):
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    Sender.objects.create(name="Kaamos Choir", email="choir@choir.example")
    suppress(organisation_id=anna.organisation_id, channel="email", address=anna.email, kind="complaint")
    client, url = desk
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    names = {"first_name": "Anna", "last_name": "Virtanen"}

    Client().post("/choir/summer-party/", yes(**names, email=anna.email))
    Client().post(link, yes(**names, party_size="2", **GUEST))
    at_the_desk = f"{url}replies/{Registration.objects.get().pk}/"
    client.post(at_the_desk, {"answer": "yes", "party_size": "3", **GUEST, "guest-2-first_name": "Dan"})
    Client().post(link, {"answer": "no"})
    client.post(at_the_desk, {"answer": "yes", "party_size": "1"})
    send_singles(anna.organisation_id)

    assert Registration.objects.get().version == 5
    assert list(EmailMessage.objects.order_by("pk").values_list("kind", "state")) == [
        ("event.confirmation", "accepted"),
        ("event.confirmation", "accepted"),
        ("event.confirmation", "suppressed"),
        ("event.cancellation", "accepted"),
        ("event.confirmation", "suppressed"),
    ]
    assert [letter.recipient for letter in MemoryTransport.outbox] == [anna.email] * 3
