"""Planned campaigns of who sees a part only: what has changed by the time they start."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mailer.models import EmailCampaign
from mailer.outbox.freezing import start_campaign
from organisations.access import remove_member, set_member
from organisations.models import Role, User
from registers.models import Group, GroupMembership, Segment
from tests.mailer_engine.conftest import words
from tests.organisations.part import limit
from tests.organisations.singers import recipients, refreshed

pytestmark = pytest.mark.django_db


def planned(singers, **changes) -> EmailCampaign:
    """One that Liisa has confirmed for a later day, and which is due now."""
    campaign = singers.make(singers.limited.client, **changes)
    singers.confirm(singers.limited.client, campaign)
    EmailCampaign.objects.filter(pk=campaign.pk).update(scheduled_at=timezone.now() - timedelta(seconds=5))
    return campaign


def test_a_plan_follows_the_group_until_it_starts(singers):
    campaign = planned(singers)
    newer = Group.objects.create(register=singers.register, name="New altos", parent=singers.low)
    singers.sing("Arja", newer)
    GroupMembership.objects.filter(contact=singers.anu).delete()
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila", "arja"}


@pytest.mark.parametrize("places", [["low"], ["low", "basses"]])
def test_whoever_may_see_less_by_then_reaches_less(singers, places):
    campaign = planned(singers, include=[singers.everybody, f"group:{singers.altos.pk}"])
    limit(singers.choir, singers.limited, *(f"group:{getattr(singers, place).pk}" for place in places))
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila"}
    assert singers.limited.again().client.get(reverse("campaigns:show", args=[campaign.pk])).status_code == 200


def test_whoever_may_see_more_by_then_reaches_no_more(singers):
    campaign = planned(singers)
    set_member(organisation=singers.choir, user=singers.limited.user, role=Role.OWNER)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}


def test_what_was_made_for_all_goes_to_all_though_whoever_confirmed_it_sees_a_part_by_then(singers):
    editor = singers.cast.editor
    campaign = singers.make(editor.client)
    singers.confirm(editor.client, campaign)
    limit(singers.choir, editor, f"group:{singers.basses.pk}")
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila", "bo"}


def leaves(singers):
    remove_member(organisation=singers.choir, user=singers.limited.user)


def may_look_only(singers):
    set_member(organisation=singers.choir, user=singers.limited.user, role=Role.VIEWER)


def is_deleted(singers):
    User.objects.get(pk=singers.limited.user.pk).delete()


def is_switched_off(singers):
    User.objects.filter(pk=singers.limited.user.pk).update(is_active=False)


@pytest.mark.parametrize("happens", [leaves, may_look_only, is_deleted, is_switched_off])
def test_the_plan_of_somebody_who_may_not_send_any_more_stops_and_says_so(singers, happens):
    campaign = planned(singers)
    happens(singers)
    assert not start_campaign(campaign.pk)
    assert recipients(campaign) == set()
    owner = singers.cast.owner.client
    who = "Somebody" if happens is is_deleted else "Liisa"
    said = f"{who} confirmed it, and may not send campaigns any more."
    assert said in words(owner.get(reverse("campaigns:show", args=[campaign.pk])))
    assert said in words(owner.get(reverse("wagtailadmin_home")))
    singers.confirm(owner, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}


def test_a_plan_that_reaches_nobody_any_more_stops(singers):
    campaign = planned(singers)
    limit(singers.choir, singers.limited, f"group:{singers.basses.pk}")
    assert not start_campaign(campaign.pk)
    assert "may not see anybody in the audience any more" in refreshed(campaign).problem


def test_a_segment_of_a_register_that_is_seen_in_part_by_then_is_the_part(singers):
    limit(singers.choir, singers.limited, singers.everybody)
    rule = {"match": "all", "conditions": []}
    segment = Segment.objects.create(register=singers.register, name="All", rule=rule)
    campaign = planned(singers, include=[f"segment:{segment.pk}"])
    limit(singers.choir, singers.limited, f"group:{singers.low.pk}")
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila"}


def test_a_campaign_of_places_that_are_gone_is_seen_by_who_sees_everything(singers):
    campaign = singers.make(singers.limited.client)
    limit(singers.choir, singers.limited, f"group:{singers.basses.pk}")
    Group.objects.filter(pk=singers.altos.pk).delete()
    assert singers.limited.again().client.get(reverse("campaigns:show", args=[campaign.pk])).status_code == 404
    page = words(singers.cast.owner.client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "Nobody would get it" in page
