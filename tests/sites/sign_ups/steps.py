"""What people do on the sign-up page, and what they find in their mailbox."""

import re

from django.test import Client

from mailer.models import EmailMessage
from registers.consents import newest_acts
from registers.models import Contact

PAGE = "/choir/newsletter/"


def typed(**changes):
    return {"first_name": "Anna", "last_name": "Virtanen", "email": "Anna@Example.org", **changes}


def sign_up(**changes):
    return Client().post(PAGE, typed(**changes))


def mailed(kind="signup.confirm"):
    """The addresses of the buttons in the mails of a kind, the oldest first."""
    letters = EmailMessage.objects.filter(kind=kind).order_by("pk").values_list("letter", flat=True)
    return [re.search(r"http://[^/]+(/choir/newsletter/(?:c|my)/[^\s\"<]+)", letter["text"])[1] for letter in letters]


def press(link, **more):
    """The button on the page to which a mail leads."""
    shown = Client().get(link).content.decode()
    return Client().post(link, {"seen": re.search(r'name="seen" value="(\w+)"', shown)[1]}, **more)


def join(**changes):
    sign_up(**changes)
    answer = press(mailed()[-1])
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}thank-you/")
    return Contact.objects.latest("pk")


def own_link(email="anna@example.org"):
    answer = Client().post(f"{PAGE}link/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}sent/?link")
    return mailed("signup.link")[-1]


def agreed(contact):
    return [act.granted for act in newest_acts([contact.pk])]
