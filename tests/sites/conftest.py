"""The cast, a register, and an event with seats."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from organisations import scope
from registers.books import create_register
from registers.contacts import save_contact
from sites.models import HomePage, RsvpPage
from tests.cast import make_cast


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """Rate limits and cached addresses of one test are not those of the next."""
    cache.clear()


@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def choir(cast):
    with scope.organisation(cast.choir.pk):
        yield cast.choir


@pytest.fixture
def register(choir):
    return create_register(name="Members", fields=[{"label": "Diet", "type": "text"}])


@pytest.fixture
def make_event(choir, register):
    def make(**fields):
        home = HomePage.objects.get(pk=choir.home_page_id)
        values = {
            "title": "Summer party",
            "slug": "summer-party",
            "starts_at": timezone.now() + dt.timedelta(days=20),
            "register": register,
            "largest_party": 3,
            "capacity": 10,
            **fields,
        }
        page = home.add_child(instance=RsvpPage(**values))
        page.save_revision().publish()
        return RsvpPage.objects.get(pk=page.pk)

    return make


@pytest.fixture
def event(make_event):
    return make_event()


@pytest.fixture
def anna(register):
    return save_contact(
        register=register,
        values={"first_name": "Anna", "last_name": "Virtanen", "email": "anna@example.org"},
        source="test",
    )


@pytest.fixture
def mails():
    """Queued automatic mails, oldest first, as (kind, address, subject)."""
    from mailer.models import EmailMessage

    def read(prefix="event."):
        rows = EmailMessage.objects.filter(kind__startswith=prefix).order_by("pk")
        return [(row.kind.removeprefix("event."), row.address, row.letter["subject"]) for row in rows]

    return read


def yes(**fields):
    """What a browser sends for a yes."""
    return {
        "answer": "yes",
        "first_name": "Bo",
        "last_name": "Ek",
        "email": "bo@example.org",
        "phone": "",
        "party_size": "1",
        **fields,
    }
