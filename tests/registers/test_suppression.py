"""Who must not be written to is known by a keyed hash, per organisation and channel, whatever happens to contacts."""

from registers.contacts import save_contact
from registers.models import Suppression
from registers.suppression import blocking, lift, suppress, suppressed


def ask(organisation, *addresses, channel="email"):
    return suppressed(organisation_id=organisation.pk, channel=channel, addresses=addresses)


def stop(organisation, address, kind="unsubscribed", channel="email"):
    return suppress(organisation_id=organisation.pk, channel=channel, address=address, kind=kind, source="test")


def test_it_knows_an_address_in_any_spelling_and_once(organisation):
    assert stop(organisation, "Aino@Example.FI")
    assert not stop(organisation, " aino@example.fi ")
    assert ask(organisation, "AINO@example.fi", "other@example.fi", "no address") == {
        "aino@example.fi": {"unsubscribed"}
    }
    assert Suppression.objects.count() == 1
    assert "aino" not in str(Suppression.objects.values().get())


def test_channels_and_organisations_are_apart(organisation, other_organisation):
    stop(organisation, "aino@example.fi")
    stop(organisation, "+358402679195", channel="sms", kind="stop")
    assert ask(organisation, "0402679195", channel="sms") == {"+358402679195": {"stop"}}
    assert ask(other_organisation, "aino@example.fi") == {}


def test_a_changed_secret_resubscribes_nobody(organisation, settings):
    stop(organisation, "aino@example.fi")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret" * 4, [settings.SECRET_KEY]
    assert ask(organisation, "aino@example.fi")
    settings.SECRET_KEY_FALLBACKS = []
    assert not ask(organisation, "aino@example.fi")


def test_lifting_leaves_a_record_and_can_be_undone(organisation, owner):
    stop(organisation, "aino@example.fi")
    stop(organisation, "aino@example.fi", kind="hard_bounce")
    arguments = {"organisation_id": organisation.pk, "channel": "email", "address": "aino@example.fi"}
    assert lift(**arguments, reason="asked by phone", user=owner.user, kinds=["unsubscribed"]) == 1
    assert ask(organisation, "aino@example.fi") == {"aino@example.fi": {"hard_bounce"}}
    assert Suppression.objects.get(kind="unsubscribed").lifted_reason == "asked by phone"
    assert stop(organisation, "aino@example.fi")


def test_what_stops_what():
    assert blocking({"unsubscribed", "stop", "withdrawn", "manual"}, transactional=True) == set()
    assert blocking({"unsubscribed"}, transactional=False) == {"unsubscribed"}
    assert blocking({"complaint"}, transactional=True) == {"complaint"}
    assert blocking({"complaint"}, transactional=True, direct_answer=True) == set()
    assert blocking({"hard_bounce", "deceased"}, transactional=True, direct_answer=True) == {"hard_bounce", "deceased"}


def test_the_dead_are_not_written_to_but_the_widow_is(register):
    organisation = register.organisation
    aino = save_contact(register=register, values={"external_id": "1", "email": "koti@example.fi"}, source="test")
    veikko = save_contact(register=register, values={"external_id": "2", "email": "koti@example.fi"}, source="test")
    save_contact(register=register, values={"deceased": True}, source="phone", contact=veikko)
    assert ask(organisation, "koti@example.fi") == {}
    save_contact(register=register, values={"deceased": True}, source="phone", contact=aino)
    assert ask(organisation, "koti@example.fi") == {"koti@example.fi": {"deceased"}}
    save_contact(register=register, values={"deceased": False}, source="phone", contact=aino)
    assert ask(organisation, "koti@example.fi") == {}
