"""Appointments and follow-ups: what is to come with a contact, and who is told of it when."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mailer.models import EmailMessage
from mailer.outbox.sending import send_singles
from mailer.transports.memory import MemoryTransport
from registers import followups
from registers.absences import today
from registers.appointments import make_appointment
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.followups import change_follow_up, make_follow_up, remind_of_follow_ups, settle
from registers.models import AccessLog, Appointment, Contact, FollowUp
from registers.signals import follow_up_due
from tests.registers.addresses import url

DAY = dt.timedelta(days=1)


@pytest.fixture
def aino(register):
    return save_contact(register=register, values={"first_name": "Aino", "last_name": "Ek"}, source="test")


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo"}, source="test")


@pytest.fixture
def appointment(aino, editor):
    starts_at = timezone.now() + DAY
    return make_appointment(contact=aino, title="Lunch", starts_at=starts_at, user=editor.user, place="Elite")


@pytest.fixture
def follow_up(aino, editor):
    return make_follow_up(
        contact=aino, text="Send the score", due_on=today() + DAY, responsible=editor.user, user=editor.user
    )


@pytest.fixture
def on(monkeypatch, organisation):
    """Let it be so many days from now, at an hour where the organisation lives."""

    def move(days, hour):
        there = timezone.now().astimezone(organisation.zone) + days * DAY
        moment = there.replace(hour=hour, minute=0)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move


def letters():
    return sorted(EmailMessage.objects.filter(kind="follow_up").values_list("address", flat=True))


def shown(client, contact):
    return client.get(url("contact", contact)).content.decode()


# --- Appointments


def test_an_appointment_is_made_changed_and_deleted(aino, editor, organisation):
    organisation.time_zone = "Asia/Tokyo"
    organisation.save()
    sent = {"title": "Lunch <b>", "starts_at": "2099-01-05 12:00", "ends_at": "", "place": "Elite"}
    page = editor.post(url("add_appointment", aino), sent, follow=True).content.decode()
    made = Appointment.objects.get()
    assert made.starts_at == dt.datetime(2099, 1, 5, 3, tzinfo=dt.UTC)
    assert made.ends_at - made.starts_at == dt.timedelta(hours=1)
    assert "Lunch &lt;b&gt;" in page
    assert b"2099-01-05 12:00" in editor.get(url("edit_appointment", made)).content
    editor.post(url("edit_appointment", made), {**sent, "title": "Supper", "ends_at": "2099-01-05 13:30"})
    made.refresh_from_db()
    assert (made.title, made.changes) == ("Supper", 1)
    assert "Delete the appointment “Supper”" in editor.get(url("delete_appointment", made)).content.decode()
    editor.post(url("delete_appointment", made))
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"title": "\u200b"}, {"starts_at": ""}, {"ends_at": "2099-01-05 11:00"}, {"ends_at": "2100-01-05 11:00"}]
)
def test_an_appointment_that_cannot_be_is_refused(aino, editor, wrong):
    sent = {"title": "Lunch", "starts_at": "2099-01-05 12:00", "ends_at": "", "place": "Elite", **wrong}
    answer = editor.post(url("add_appointment", aino), sent)
    assert (answer.status_code, Appointment.objects.count()) == (422, 0)
    assert b"Elite" in answer.content


def test_the_table_refuses_one_that_ends_before_it_begins(aino):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(contact=aino, title="x", starts_at=now, ends_at=now - DAY)


def test_it_goes_into_a_calendar(aino, appointment, viewer):
    answer = viewer.get(url("appointment_calendar", appointment))
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["SUMMARY"], event["LOCATION"], event["SEQUENCE"]) == ("Lunch (Aino Ek)", "Elite", 0)
    assert event.decoded("DTSTART") == appointment.starts_at.replace(microsecond=0)
    assert "Aino" not in answer["Content-Disposition"]
    assert AccessLog.objects.filter(action="export", subject=f"contact:{aino.pk}", user=viewer.user).exists()


def test_what_is_over_stands_on_the_timeline(aino, appointment, follow_up, editor):
    page = shown(editor, aino)
    assert page.index('id="to-come') < page.index("Lunch") < page.index('id="timeline')
    Appointment.objects.update(starts_at=timezone.now() - 2 * DAY, ends_at=timezone.now() - DAY)
    editor.post(url("settle_follow_up", follow_up), {"done": 1})
    page = shown(editor, aino)
    history = page.index('id="timeline')
    assert history < page.index("Lunch")
    assert history < page.index("Done on")


# --- Follow-ups


def test_a_follow_up_is_made_and_done_on_the_contact_page(aino, editor, viewer):
    form = editor.get(url("add_follow_up", aino)).content.decode()
    assert f'value="{editor.user.pk}" selected' in form
    assert f'value="{viewer.user.pk}"' not in form
    sent = {"text": "Send the <score>", "due_on": today().isoformat(), "responsible": editor.user.pk}
    page = editor.post(url("add_follow_up", aino), sent, follow=True).content.decode()
    assert "Send the &lt;score&gt;" in page
    follow_up = FollowUp.objects.get()
    later = (today() + 3 * DAY).isoformat()
    editor.post(url("edit_follow_up", follow_up), {**sent, "due_on": later, "responsible": ""})
    follow_up.refresh_from_db()
    assert (follow_up.due_on.isoformat(), follow_up.responsible) == (later, None)
    editor.post(url("settle_follow_up", follow_up), {"done": 1})
    follow_up.refresh_from_db()
    assert follow_up.done_by == editor.user
    first = follow_up.done_at
    editor.post(url("settle_follow_up", follow_up), {"done": 1})
    follow_up.refresh_from_db()
    assert follow_up.done_at == first
    editor.post(url("settle_follow_up", follow_up), {"done": ""})
    follow_up.refresh_from_db()
    assert (follow_up.done_at, follow_up.done_by) == (None, None)
    editor.post(url("delete_follow_up", follow_up))
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("wrong", [{"text": " "}, {"due_on": "2001-01-01"}, {"due_on": "9999-01-01"}, {"due_on": ""}])
def test_a_follow_up_that_cannot_be_is_refused(aino, editor, wrong):
    sent = {"text": "Ring", "due_on": today().isoformat(), "responsible": "", **wrong}
    assert editor.post(url("add_follow_up", aino), sent).status_code == 422
    assert not FollowUp.objects.exists()


def test_nobody_from_elsewhere_can_be_responsible(aino, editor, stranger):
    sent = {"text": "Ring", "due_on": today().isoformat(), "responsible": stranger.user.pk}
    assert editor.post(url("add_follow_up", aino), sent).status_code == 422


def test_the_list_of_mine_and_of_all_open_and_done(aino, follow_up, editor, owner, viewer):
    make_follow_up(contact=aino, text="Of the owner", due_on=today(), responsible=owner.user, user=owner.user)
    late = make_follow_up(contact=aino, text="Late", due_on=today(), responsible=editor.user, user=editor.user)
    FollowUp.objects.filter(pk=late.pk).update(due_on=today() - 2 * DAY)

    def listed(client, **query):
        return [row.text for row in client.get(url("follow_ups"), query).context["object_list"]]

    assert listed(editor) == ["Late", "Send the score"]
    assert listed(editor, whose="all") == ["Late", "Of the owner", "Send the score"]
    page = editor.get(url("follow_ups")).content.decode()
    assert "Overdue since" in page
    back = editor.post(url("settle_follow_up", late), {"done": 1, "next": url("follow_ups") + "?whose=all"})
    assert back["Location"] == url("follow_ups") + "?whose=all"
    away = editor.post(url("settle_follow_up", late), {"done": 1, "next": "https://evil.example/"})
    assert away["Location"] == url("contact", aino)
    assert listed(editor) == ["Send the score"]
    assert listed(editor, state="done") == ["Late"]
    assert listed(viewer) == []
    assert "Nothing is left for you to do" in viewer.get(url("follow_ups")).content.decode()
    assert b"Send the score" in viewer.get(url("follow_up_results"), {"whose": "all"}).content


def test_the_first_page_says_what_is_mine(aino, follow_up, editor, owner, stranger):
    home = reverse("wagtailadmin_home")
    late = make_follow_up(contact=aino, text="Late", due_on=today(), responsible=editor.user, user=editor.user)
    FollowUp.objects.filter(pk=late.pk).update(due_on=today() - 2 * DAY)
    page = editor.get(home).content.decode()
    assert page.index("overdue since") < page.index("Send the score")
    for other in (owner, stranger):
        assert "Send the score" not in other.get(home).content.decode()
    make_follow_up(contact=aino, text="Nobody's own", due_on=today(), responsible=None, user=editor.user)
    for address in (home, url("follow_ups")):
        shown = {who: "Nobody&#x27;s own" in who.get(address).content.decode() for who in (owner, editor, stranger)}
        assert shown == {owner: True, editor: False, stranger: False}


def test_who_may_only_look_changes_nothing(aino, appointment, follow_up, viewer):
    assert "Send the score" in shown(viewer, aino)
    doors = [("add_appointment", aino), ("add_follow_up", aino)]
    doors += [(f"{act}_appointment", appointment) for act in ("edit", "delete")]
    doors += [(f"{act}_follow_up", follow_up) for act in ("edit", "delete", "settle")]
    for name, row in doors:
        assert f'"{url(name, row)}"' not in shown(viewer, aino)
        assert viewer.post(url(name, row), {"done": 1}).status_code in (302, 403)
    assert (Appointment.objects.count(), FollowUp.objects.open().count()) == (1, 1)


# --- Reminders


def test_one_reminder_on_the_morning_it_is_due(follow_up, on, settings):
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    on(0, 23)
    remind_of_follow_ups()
    on(1, followups.MORNING - 1)
    remind_of_follow_ups()
    assert letters() == []
    on(0, followups.MORNING)
    remind_of_follow_ups()
    remind_of_follow_ups()
    assert letters() == ["editor@example.fi"]
    send_singles(follow_up.organisation_id)
    (sent,) = MemoryTransport.outbox
    assert b"Send the score" in sent.content
    FollowUp.objects.update(reminded_for=None)
    remind_of_follow_ups()
    assert len(letters()) == 1


def test_morning_is_when_it_is_morning_there(follow_up, organisation, monkeypatch):
    organisation.time_zone = "Pacific/Kiritimati"  # 14 hours ahead
    organisation.save()
    FollowUp.objects.update(due_on=dt.date(2026, 6, 2))
    for hour, told in ((16, []), (17, ["editor@example.fi"])):
        monkeypatch.setattr(timezone, "now", lambda hour=hour: dt.datetime(2026, 6, 1, hour, 30, tzinfo=dt.UTC))
        remind_of_follow_ups()
        assert letters() == told


def test_what_a_standstill_has_kept_is_told_but_not_what_is_long_over(follow_up, on):
    on(5, 12)
    remind_of_follow_ups()
    assert letters() == []
    on(-2, 12)
    remind_of_follow_ups()
    assert letters() == ["editor@example.fi"]


def test_another_day_or_another_person_is_another_reminder(follow_up, editor, owner, on):
    on(1, 8)
    remind_of_follow_ups()
    change_follow_up(
        follow_up=follow_up, text="Send it", due_on=follow_up.due_on, responsible=owner.user, user=editor.user
    )
    remind_of_follow_ups()
    assert letters() == ["editor@example.fi", "owner@example.fi"]
    change_follow_up(
        follow_up=follow_up, text="Send it", due_on=follow_up.due_on + DAY, responsible=owner.user, user=editor.user
    )
    remind_of_follow_ups()
    assert len(letters()) == 2
    on(1, 8)
    remind_of_follow_ups()
    assert letters() == ["editor@example.fi", "owner@example.fi", "owner@example.fi"]


def test_the_owners_are_told_where_nobody_is_responsible_any_more(follow_up, editor, owner, on):
    editor.user.memberships.all().delete()
    on(1, 8)
    remind_of_follow_ups()
    assert letters() == ["owner@example.fi"]


def test_nobody_is_told_of_what_is_done_or_of_what_they_just_wrote_for_today(aino, follow_up, editor, owner, on):
    make_follow_up(contact=aino, text="Mine", due_on=today(), responsible=editor.user, user=editor.user)
    make_follow_up(contact=aino, text="Yours", due_on=today(), responsible=owner.user, user=editor.user)
    settle(follow_up=follow_up, done=True, user=editor.user)
    on(0, 22)
    remind_of_follow_ups()
    assert letters() == ["owner@example.fi"]


def test_a_reminder_that_failed_is_tried_again(follow_up, on):
    def fail(**_kwargs):
        raise RuntimeError("no")

    on(1, 8)
    follow_up_due.connect(fail)
    try:
        remind_of_follow_ups()
    finally:
        follow_up_due.disconnect(fail)
    follow_up.refresh_from_db()
    assert follow_up.reminded_for is None
    remind_of_follow_ups()
    follow_up.refresh_from_db()
    assert (follow_up.reminded_for, len(letters())) == (follow_up.due_on, 1)


@pytest.mark.parametrize("whole_register", [False, True])
def test_nothing_of_an_erased_person_is_left(aino, bo, appointment, follow_up, editor, on, whole_register):
    other = make_follow_up(contact=bo, text="Of Bo", due_on=today() + DAY, responsible=None, user=editor.user)
    FollowUp.objects.filter(pk=other.pk).update(responsible=editor.user)
    on(1, 8)
    remind_of_follow_ups()
    if whole_register:
        aino.register.delete()
    else:
        merge(keep=bo.pk, contacts=[aino.pk, bo.pk])
        Contact.objects.filter(pk=bo.pk).delete()
    assert not Appointment.objects.exists()
    assert not FollowUp.objects.exists()
    kept = EmailMessage.objects.filter(kind="follow_up").values_list("letter", "state", "suppressed_by")
    assert set(map(str, kept)) == {str(({}, "suppressed", "erased"))}


def test_they_follow_a_merge_and_come_back(aino, bo, appointment, follow_up):
    def rows():
        return [list(model.objects.order_by("pk").values()) for model in (Appointment, FollowUp)]

    before = rows()
    record = merge(keep=bo.pk, contacts=[aino.pk, bo.pk])
    assert (Appointment.objects.get().contact_id, FollowUp.objects.get().contact_id) == (bo.pk, bo.pk)
    undo_merge(record=record)
    assert rows() == before


def test_a_follow_up_needs_a_day_to_come(aino, editor):
    with pytest.raises(ValidationError):
        make_follow_up(contact=aino, text="x", due_on=today() - DAY, responsible=None, user=editor.user)
