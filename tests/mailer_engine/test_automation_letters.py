"""What an automation of a group sends: bulk, once for each joining, and never to whom it must not go."""

from email import message_from_bytes, policy

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mailer.models import EmailMessage
from mailer.outbox.automations import SendEmail
from mailer.outbox.sending import send_series, send_singles
from mailer.outbox.sweeps import find_stray_messages
from organisations import scope
from organisations.models import User
from registers.automations.keeping import save_automation
from registers.automations.running import run_waiting
from registers.consents import record_consent
from registers.memberships import add_to_group, remove_from_group, take_back
from registers.models import AutomationRun, Group, GroupMembership, Purpose, RegisterPurpose
from registers.purposes import PurposeInUse, delete_purpose
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts, make_page, words


@pytest.fixture
def group(register):
    return Group.objects.create(register=register, name="Tenors")


@pytest.fixture
def page(choir):
    return make_page(choir, subject="Welcome, {{ first_name|friend }}")


@pytest.fixture
def welcome(group, page, sender):
    return save_automation(group=group, on="joined", act="send_email", values={"page": page, "sender": sender})


def join(group, contacts):
    add_to_group(group=group, contacts=[contact.pk for contact in contacts])
    run_waiting(group.organisation_id)


def states():
    return list(EmailMessage.objects.order_by("pk").values_list("state", flat=True))


def test_it_goes_as_bulk_with_a_way_out(welcome, group, register, memory):
    join(group, add_contacts(register, 2))
    run_waiting(group.organisation_id)
    send_series(group.organisation_id)
    send_series(group.organisation_id)
    assert [parcel.recipient for parcel in memory.outbox] == ["p0@singers.example", "p1@singers.example"]
    mail = message_from_bytes(memory.outbox[0].content, policy=policy.default)
    assert (mail["Subject"], mail["From"]) == ("Welcome, Aino0", "Kaamos Choir <choir@choir.example>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    way_out = mail["List-Unsubscribe"].strip("<>").replace("http://localhost:8000", "")
    assert Client().post(way_out[way_out.index("/m/u/") :], {"List-Unsubscribe": "One-Click"}).status_code == 200
    text = mail.get_body(("plain",)).get_content()
    on_the_web = next(word for word in text.split() if "/m/w/" in word)
    assert "Welcome, Aino0" in Client().get(on_the_web[on_the_web.index("/m/w/") :]).content.decode()
    contact = AutomationRun.objects.earliest("pk").contact
    remove_from_group(group=group, contacts=[contact.pk])
    join(group, [contact])
    send_series(group.organisation_id)
    assert states() == ["accepted", "accepted", "suppressed"]


def test_who_must_not_be_written_to_is_asked_for_as_it_leaves(welcome, group, register, memory, editor, swept):
    contacts = add_contacts(register, 3)
    join(group, contacts)
    suppress(
        organisation_id=group.organisation_id, channel="email", address=contacts[0].email, kind="manual", source="test"
    )
    type(contacts[1]).objects.filter(pk=contacts[1].pk).update(deceased=True)
    assert swept(find_stray_messages, "urgent") == 0
    send_singles(group.organisation_id)
    assert memory.outbox == []
    assert swept(find_stray_messages, "bulk") == 1
    assert states() == ["suppressed", "suppressed", "accepted"]
    log = words(editor.get(reverse("registers:group_runs", args=[group.pk])))
    assert log.count("Not sent: this person must not be written to") == 2
    assert "E-mail: Accepted by the server" in log
    assert "Automation of a group" in words(editor.get(reverse("campaigns:automatic")))


@pytest.mark.parametrize(("basis", "gets_it"), [("contract", ["p1", "p2"]), ("consent", ["p1"])])
def test_who_has_not_agreed_to_what_it_is_for_does_not_get_it(group, page, sender, register, memory, basis, gets_it):
    news = Purpose.objects.create(name="News")
    RegisterPurpose.objects.create(register=register, purpose=news, legal_basis=basis)
    values = {"page": page, "sender": sender, "purpose": news}
    save_automation(group=group, on="joined", act="send_email", values=values)
    with pytest.raises(PurposeInUse):
        delete_purpose(purpose=news)
    contacts = add_contacts(register, 3)
    for contact, granted in zip(contacts, (False, True), strict=False):
        record_consent(contact=contact, purpose=news, channel="email", granted=granted, how="test")
    join(group, contacts)
    send_series(group.organisation_id)
    assert [parcel.recipient.partition("@")[0] for parcel in memory.outbox] == gets_it
    Purpose.objects.filter(pk=news.pk).update(retired=True)
    assert news in SendEmail().fields(group)["purpose"].queryset, "it is shown as chosen"


def test_what_has_not_left_is_kept_back_where_the_joining_is_taken_back(welcome, group, register, memory):
    sent, waits = add_contacts(register, 2)
    join(group, [sent])
    send_series(group.organisation_id)
    join(group, [waits])
    take_back(memberships=GroupMembership.objects.filter(group=group))
    send_series(group.organisation_id)
    assert [parcel.recipient for parcel in memory.outbox] == [sent.email]
    assert states() == ["accepted", "cancelled"]
    assert list(AutomationRun.objects.order_by("pk").values_list("state", flat=True)) == ["done", "skipped"]


def test_who_has_left_the_group_meanwhile_is_not_welcomed_to_it(welcome, group, register, memory, editor):
    below = Group.objects.create(register=register, name="First tenors", parent=group)
    left, moved, stays = contacts = add_contacts(register, 3)
    join(group, contacts)
    add_to_group(group=below, contacts=[moved.pk])
    remove_from_group(group=group, contacts=[left.pk, moved.pk])
    send_series(group.organisation_id)
    assert sorted(parcel.recipient for parcel in memory.outbox) == [moved.email, stays.email]
    log = words(editor.get(reverse("registers:group_runs", args=[group.pk])))
    assert log.count("Not sent: has left the group before") == 1


def test_without_an_address_it_is_left_out(welcome, group, register):
    (contact,) = add_contacts(register, 1)
    type(contact).objects.filter(pk=contact.pk).update(email="", email_key="")
    join(group, [contact])
    assert AutomationRun.objects.get().outcome == "There is no e-mail address"
    assert states() == []


@pytest.mark.parametrize("how", ["deleted", "unpublished"])
def test_an_email_that_is_gone_fails_and_can_be_tried_again(welcome, group, register, page, editor, how):
    if how == "deleted":
        page.delete()
    else:
        page.unpublish()
    join(group, add_contacts(register, 1))
    run = AutomationRun.objects.get()
    assert (run.state, "gone, or not saved as ready" in run.outcome) == ("failed", True)
    assert states() == []
    assert "Tenors: for 1 person it did not work." in words(editor.get("/admin/"))


def test_an_email_that_cannot_be_sent_is_refused_at_once(group, choir, sender):
    page = make_page(choir, slug="blank")
    page.subject = ""
    with pytest.raises(ValidationError, match="no subject"):
        save_automation(group=group, on="joined", act="send_email", values={"page": page, "sender": sender})


def test_only_ones_own_ready_emails_are_offered(group, choir, cast, sender, editor):

    make_page(choir, slug="draft", title="Half done", live=False)
    make_page(choir, slug="ready", title="Ready one")
    with scope.organisation(cast.theatre.pk):
        foreign = make_page(cast.theatre, slug="foreign", title="Foreign one")
    address = reverse("registers:add_automation", args=[group.pk]) + "?act=send_email"
    form = words(editor.get(address))
    assert ("Ready one" in form, "Half done" in form, "Foreign one" in form) == (True, False, False)
    refused = editor.post(address, {"on": "joined", "page": foreign.pk, "sender": sender.pk, "enabled": "on"})
    assert (refused.status_code, "Foreign one" in words(refused)) == (422, False)


def test_the_team_is_told_once_for_all_who_come_together(group, register, cast, memory):
    save_automation(group=group, on="joined", act="notify_person", values={"user": cast.editor.user})
    join(group, add_contacts(register, 3))
    join(group, add_contacts(register, 1, start=3))
    send_singles(group.organisation_id)
    subjects = [message_from_bytes(parcel.content, policy=policy.default)["Subject"] for parcel in memory.outbox]
    assert subjects == ["3 people joined “Tenors”", "One person joined “Tenors”"]
    assert {parcel.recipient for parcel in memory.outbox} == {cast.editor.user.email}
    assert not any(b"Aino" in parcel.content for parcel in memory.outbox)


def test_who_has_left_the_team_is_not_told(group, register, cast):
    save_automation(group=group, on="joined", act="notify_person", values={"user": cast.editor.user})
    User.objects.filter(pk=cast.editor.user.pk).update(is_active=False)
    join(group, add_contacts(register, 1))
    assert "not in the team any more" in AutomationRun.objects.get().outcome
