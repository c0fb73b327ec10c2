"""The cast, a register, and an event with seats."""

import datetime as dt
from functools import partial

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from organisations import scope
from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Register
from sites import seats
from sites.doors import rush
from sites.models import HomePage, Registration, RsvpPage
from tests.cast import make_cast
from tests.stage import begins_with, stage


@pytest.fixture(autouse=True)
def fresh_counts(settings):
    """Rate limits and cached addresses of one test are not those of the next."""
    cache.clear()
    rush.forget()


@pytest.fixture
def choir(cast):
    with scope.organisation(cast.choir.pk):
        yield cast.choir


def make_register():
    return create_register(name="Members", fields=[{"label": "Diet", "type": "text"}])


@pytest.fixture
def register(choir):
    return Register.objects.get(pk=stage[publish_event].register_id) if publish_event in stage else make_register()


def add_event(choir, **fields):
    home = HomePage.objects.get(pk=choir.home_page_id)
    values = {
        "title": "Summer party",
        "slug": "summer-party",
        "starts_at": timezone.now() + dt.timedelta(days=20),
        "largest_party": 3,
        "capacity": 10,
        **fields,
    }
    page = home.add_child(instance=RsvpPage(**values))
    page.save_revision().publish()
    return RsvpPage.objects.get(pk=page.pk)


@pytest.fixture
def make_event(choir, register):
    return partial(add_event, choir, register=register)


def publish_event(stage):
    choir = stage[make_cast].choir
    with scope.organisation(choir.pk):
        return add_event(choir, register=make_register())


@pytest.fixture
@begins_with(make_cast, publish_event)
def event(make_event):
    return RsvpPage.objects.get(pk=stage[publish_event].pk) if publish_event in stage else make_event()


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


@pytest.fixture
def event_form():
    """What the edit form of an event holds, ready to be sent again."""

    def read(client, event):
        form = client.get(f"/admin/pages/{event.pk}/edit/").context["form"]
        data = {}
        for part in (form, *(sub for formset in form.formsets.values() for sub in formset.forms)):
            for bound in part:
                value = bound.value()
                if isinstance(value, bool):
                    data |= {bound.html_name: "on"} if value else {}
                elif bound.name == "id":
                    data[bound.html_name] = value or ""
                elif bound.name not in ("questions", "image", "intro") and value is not None:
                    data[bound.html_name] = value
        for formset in form.formsets.values():
            for key, value in formset.management_form.initial.items():
                data[f"{formset.prefix}-{key}"] = value
        rich = {key: '{"blocks": [{"key": "a", "text": "x", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], '
                '"entityRanges": []}], "entityMap": {}}' for key in data if key.endswith("-body")}  # fmt: skip
        return {**data, **rich, "questions-count": "0", "intro": "null", "image": ""}

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


@pytest.fixture
def desk(cast, event):
    """The editor's client, and the address of the event's screens."""
    return cast.editor.client, f"/admin/events/{event.pk}/"


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def replied(event, register, name, *, when=None):
    contact = save_contact(
        register=register, values={"first_name": name, "email": f"{name.lower()}@example.org"}, source="test"
    )
    with transaction.atomic():
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)
    if when:
        Registration.objects.filter(contact=contact).update(seated_at=when, created_at=when)
    return contact


def move(event, **to):
    """Let the event start in so much time from now."""
    RsvpPage.objects.filter(pk=event.pk).update(starts_at=timezone.now() + dt.timedelta(**to))
