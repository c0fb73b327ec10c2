"""A campaign for a purpose reaches only those who have not taken it back, and where the right is consent, given it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import headcount
from mailer.answers.unsubscribing import resubscribe, unsubscribe
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign
from registers.books import create_register
from registers.consents import record_consent
from registers.models import Consent, Contact, Purpose, RegisterPurpose
from registers.purposes import PurposeInUse, delete_purpose
from registers.suppression import lift
from tests.mailer_engine.conftest import running_campaign, words


@pytest.fixture
def news(choir):
    return Purpose.objects.create(name="Newsletter")


@pytest.fixture
def planned(draft, news):
    draft.state, draft.scheduled_at, draft.purpose = "scheduled", timezone.now(), news
    draft.save()
    return draft


def contact(number):
    return Contact.objects.filter(email_key=f"p{number}@singers.example").order_by("pk").first()


def say(number, purpose, granted, channel="email", who=None):
    record_consent(contact=who or contact(number), purpose=purpose, channel=channel, granted=granted, how="phone")


def reasons():
    return dict(EmailMessage.objects.filter(state="suppressed").values_list("address", "suppressed_by"))


def test_who_has_withdrawn_is_left_out_in_the_numbers_as_in_the_sending(planned, news, editor, memory):
    say(0, news, False)
    say(1, news, False)
    say(1, news, True)  # the newest counts
    say(2, news, False, channel="sms")
    count = headcount.count(planned.audience, purpose_id=news.pk)
    assert (count.sendable, count.suppressed) == (2, {"withdrawn": 1})
    EmailCampaign.objects.update(state="draft", scheduled_at=None)
    page = words(editor.get(reverse("campaigns:show", args=[planned.pk])))
    assert "1 has withdrawn consent" in page
    assert "Newsletter" in page
    EmailCampaign.objects.update(state="scheduled", scheduled_at=timezone.now())
    asked = {"include": planned.audience["include"], "purpose": news.pk}
    assert "2 people" in editor.get(reverse("campaigns:count"), asked).json()["sentence"]
    assert start_campaign(planned.pk)
    send_campaign(planned.pk)
    assert sorted(letter.recipient for letter in memory.outbox) == ["p1@singers.example", "p2@singers.example"]
    assert reasons() == {"p0@singers.example": "withdrawn"}


def test_where_the_right_is_consent_it_must_have_been_given(planned, news, register, memory):
    RegisterPurpose.objects.create(register=register, purpose=news, legal_basis="consent")
    say(0, news, True)
    say(1, news, False)
    count = headcount.count(planned.audience, purpose_id=news.pk)
    assert (count.sendable, count.suppressed) == (1, {"withdrawn": 1, "no_consent": 1})
    assert start_campaign(planned.pk)
    send_campaign(planned.pk)
    assert reasons() == {"p1@singers.example": "withdrawn", "p2@singers.example": "no_consent"}
    RegisterPurpose.objects.update(legal_basis="contract")
    assert headcount.count(planned.audience, purpose_id=news.pk).sendable == 2
    other = Purpose.objects.create(name="Other")
    assert headcount.count(planned.audience, purpose_id=other.pk).sendable == 3


def test_what_was_said_in_another_register_counts(planned, news, memory):
    guests = create_register(name="Guests")
    guest = Contact.objects.create(register=guests, email="p0@singers.example")
    say(0, news, True)
    say(0, news, False, who=guest)
    assert headcount.count(planned.audience, purpose_id=news.pk).suppressed == {"withdrawn": 1}


def test_it_is_asked_again_at_the_claim(register, news, memory, editor):
    campaign = running_campaign(register, count=2)
    EmailCampaign.objects.update(purpose=news)
    say(1, news, False)
    send_campaign(campaign.pk)
    assert [letter.recipient for letter in memory.outbox] == ["p0@singers.example"]
    assert reasons() == {"p1@singers.example": "withdrawn"}
    assert (
        "E-mail: Withdrew consent (Newsletter)"
        in editor.get(reverse("campaigns:people", args=[campaign.pk, "all"])).text
    )


def test_unsubscribing_takes_the_consent_back_and_subscribing_gives_it_again(register, news):
    running_campaign(register, count=1)
    EmailCampaign.objects.update(purpose=news)
    message = EmailMessage.objects.get()
    unsubscribe(message)
    unsubscribe(message)
    assert list(Consent.objects.values_list("granted", "how")) == [(False, "unsubscribed")]
    # Lifting the stop by hand does not bring the letters for this purpose back.
    lift(organisation_id=register.organisation_id, channel="email", address=message.address_key, reason="asked")
    audience = {"include": [f"register:{register.pk}"]}
    assert headcount.count(audience).sendable == 1
    assert headcount.count(audience, purpose_id=news.pk).sendable == 0
    unsubscribe(message)
    resubscribe(message)
    assert list(Consent.objects.order_by("pk").values_list("granted", flat=True)) == [False, True]


def test_a_campaign_without_purpose_asks_nobody(register, news, memory):
    campaign = running_campaign(register, count=1)
    say(0, news, False)
    send_campaign(campaign.pk)
    unsubscribe(EmailMessage.objects.get())
    assert len(memory.outbox) == Consent.objects.count() == 1


def test_the_form_offers_what_is_not_retired(draft, news, editor):
    Purpose.objects.create(name="Raffle", retired=True)
    page = editor.get(reverse("campaigns:edit", args=[draft.pk])).text
    assert "Newsletter" in page
    assert "Raffle" not in page
    draft.purpose = news
    draft.save()
    with pytest.raises(PurposeInUse):
        delete_purpose(purpose=news)
