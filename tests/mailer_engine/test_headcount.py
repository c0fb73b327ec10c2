"""An audience in numbers is what plain Python makes of the same people."""

import datetime as dt
import random
from collections import Counter

import pytest

from campaigns import headcount
from campaigns.audiences import recipients
from registers.absences import set_absence, today
from registers.books import create_register
from registers.consents import record_consent
from registers.models import Absence, Contact, LegalBasis, Purpose, RegisterPurpose
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts

ADDRESSES = 12


@pytest.fixture
def guests(choir):
    return create_register(name="Guests")


def a_crowd(rng, registers, group):
    """People of two registers at a dozen addresses and at none, some dead, some on leave, some in the group."""
    for register in registers:
        add_contacts(register, 30)
    for contact in Contact.objects.all():
        key = rng.choice(["", *(f"p{number}@singers.example" for number in range(ADDRESSES))])
        Contact.objects.filter(pk=contact.pk).update(email=key, email_key=key, deceased=rng.random() < 0.4)
        if rng.random() < 0.4:
            set_absence(contacts=[contact.pk], until=today() + dt.timedelta(days=9))
        if rng.random() < 0.1:
            group.memberships.create(contact=contact)


def expected(audience_people, left_out, stopped, purpose):
    """(sendable, excluded, same address, reasons) as one would count by hand."""
    at = {}
    for contact in audience_people:
        if contact.email_key:
            at.setdefault(contact.email_key, []).append(contact)
    reasons, sendable = Counter(), 0
    kept = {address: people for address, people in at.items() if address not in left_out}
    for address, people in kept.items():
        one = min(people, key=lambda contact: (contact.deceased, contact.pk in purpose["away"], contact.pk))
        if one.deceased:
            reasons["deceased"] += 1
        elif address in stopped:
            reasons["unsubscribed"] += 1
        elif one.pk in purpose["away"]:
            reasons["away"] += 1
        elif purpose["said"].get(address) is False:
            reasons["withdrawn"] += 1
        elif purpose["said"].get(address) is None and one.register_id in purpose["asking"]:
            reasons["no_consent"] += 1
        else:
            sendable += 1
    people_with = sum(map(len, at.values()))
    return sendable, len(at) - len(kept), people_with - len(at), dict(reasons)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_one_counts_by_hand(choir, register, guests, seed):
    rng = random.Random(seed)
    group = register.groups.create(name="Board")
    a_crowd(rng, [register, guests], group)
    news = Purpose.objects.create(name="Newsletter")
    RegisterPurpose.objects.create(register=guests, purpose=news, legal_basis=LegalBasis.CONSENT)
    stopped = set(rng.sample([f"p{number}@singers.example" for number in range(ADDRESSES)], 3))
    for address in stopped:
        suppress(organisation_id=choir.pk, channel="email", address=address, kind="unsubscribed")
    said = {}
    for contact in rng.sample(list(Contact.objects.exclude(email_key="")), 8):
        said[contact.email_key] = granted = rng.random() < 0.6
        record_consent(contact=contact, purpose=news, channel="email", granted=granted, how="phone")
    away = set(Absence.objects.values_list("contact", flat=True))
    everyone = list(Contact.objects.all())
    in_group = set(group.memberships.values_list("contact__email_key", flat=True)) - {""}
    include = [f"register:{register.pk}", f"register:{guests.pk}"]
    nothing_said = {"away": away, "said": dict.fromkeys((c.email_key for c in everyone), True), "asking": set()}
    for exclude, left_out in (([], set()), ([f"group:{group.pk}"], in_group)):
        for purpose_id, purpose in (
            (None, nothing_said),
            (news.pk, {"away": away, "said": said, "asking": {guests.pk}}),
        ):
            audience = {"include": include, "exclude": exclude}
            count = headcount.count(audience, purpose_id=purpose_id)
            told = (count.sendable, count.excluded, count.same_address, dict(count.suppressed))
            assert told == expected(everyone, left_out, stopped, purpose)
            assert count.chosen == len(everyone)
            assert count.no_address == sum(not contact.email_key for contact in everyone)
            assert recipients(audience).count() == count.sendable + sum(count.suppressed.values())
