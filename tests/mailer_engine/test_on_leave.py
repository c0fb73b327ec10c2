"""Campaigns leave out who is on leave, in the numbers beforehand as in the sending; what people ask for still goes."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import audiences, headcount
from mailer.models import EmailMessage
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign, send_singles
from mailer.outbox.transactional import queue_email
from mailer.rendering import Rendered
from registers.absences import set_absence, today
from registers.models import Contact
from registers.suppression import suppress
from tests.mailer_engine.conftest import running_campaign, words

DAY = dt.timedelta(days=1)


def contact(number):
    return Contact.objects.get(email_key=f"p{number}@singers.example")


def reasons():
    return dict(EmailMessage.objects.filter(state="suppressed").values_list("address", "suppressed_by"))


@pytest.fixture
def planned(draft):
    draft.state, draft.scheduled_at = "scheduled", timezone.now()
    return draft


def test_the_confirmation_counts_them_as_they_will_be_on_the_day(draft, editor, memory):
    set_absence(contacts=[contact(0).pk, contact(1).pk], until=today() + 3 * DAY)
    suppress(organisation_id=draft.organisation_id, channel="email", address="p1@singers.example", kind="unsubscribed")
    page = words(editor.get(reverse("campaigns:show", args=[draft.pk])))
    assert "1 person will get this" in page
    assert "1 is on leave" in page
    assert "1 has unsubscribed" in page
    draft.scheduled_at = timezone.now() + 9 * DAY
    draft.save()
    assert "is on leave" not in words(editor.get(reverse("campaigns:show", args=[draft.pk])))


def test_what_is_sent_is_what_was_counted(planned, memory):
    set_absence(contacts=[contact(0).pk, contact(1).pk], until=today() + 3 * DAY)
    suppress(
        organisation_id=planned.organisation_id, channel="email", address="p1@singers.example", kind="unsubscribed"
    )
    planned.save()
    count = headcount.count(planned.audience)
    assert (count.sendable, count.suppressed) == (1, {"unsubscribed": 1, "away": 1})
    assert start_campaign(planned.pk)
    send_campaign(planned.pk)
    assert [letter.recipient for letter in memory.outbox] == ["p2@singers.example"]
    assert reasons() == {"p0@singers.example": "away", "p1@singers.example": "unsubscribed"}


def test_it_is_asked_again_at_the_claim(register, memory):
    campaign = running_campaign(register, count=2)
    set_absence(contacts=[contact(1).pk], until=today() + DAY)
    send_campaign(campaign.pk)
    assert [letter.recipient for letter in memory.outbox] == ["p0@singers.example"]
    assert reasons() == {"p1@singers.example": "away"}


def test_somebody_else_at_the_address_gets_it(planned, memory, register):
    other = Contact.objects.create(register=register, first_name="Bo", email="p0@singers.example")
    set_absence(contacts=[contact_id := Contact.objects.order_by("pk").first().pk], until=today() + DAY)
    assert headcount.count(planned.audience).sendable == 3
    assert other in audiences.recipients(planned.audience)
    assert contact_id not in audiences.recipients(planned.audience).values_list("pk", flat=True)


def test_an_answer_reaches_them(register, memory):
    aino = Contact.objects.create(register=register, first_name="Aino", email="aino@singers.example")
    set_absence(contacts=[aino.pk], until=today() + DAY)
    queue_email(
        contact=aino, to=aino.email, kind="confirmation", unique_key="x", letter=Rendered("Hei", "<p>Hei", "Hei")
    )
    send_singles(register.organisation_id)
    assert [letter.recipient for letter in memory.outbox] == ["aino@singers.example"]
