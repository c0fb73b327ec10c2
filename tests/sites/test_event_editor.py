"""The event's edit form: each automatic mail is there once and stays; the notices are shown before they are made."""

import datetime as dt
import html

import pytest
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, streamfield

from sites import rounds
from sites.models import EventMessage, RsvpPage
from sites.models.messages import MessageKind


def text(response):
    assert response.status_code == 200, response
    return html.unescape(response.content.decode())


def new_event_form(cast, choir):
    return text(cast.editor.client.get(f"/admin/pages/add/sites/rsvppage/{choir.home_page_id}/"))


def test_mails_are_neither_added_nor_removed_nor_moved(cast, choir, event):
    for page in (new_event_form(cast, choir), text(cast.editor.client.get(f"/admin/pages/{event.pk}/edit/"))):
        for label in MessageKind.labels:
            assert str(label) in page
        assert 'id="id_messages-ADD"' not in page
        assert "DELETE-button" not in page
        assert "inline-panel-child-move" not in page
        assert f'name="messages-TOTAL_FORMS" value="{len(MessageKind)}"' in page


@pytest.mark.parametrize("act", [{}, {"action-publish": "1"}])
@pytest.mark.parametrize(
    "change",
    [
        lambda mail: {f"{mail}-DELETE": "1"},
        lambda mail: {f"{mail}-kind": "confirmation"},
        lambda mail: {f"{mail}-kind": "x"},
        lambda mail: {f"{mail}-kind": ""},
    ],
)
def test_a_forged_form_takes_no_mail_away(cast, event, event_form, change, act):
    data = event_form(cast.editor.client, event)
    mail = next(
        key.removesuffix("-kind") for key, value in data.items() if value == "waiting" and key.endswith("-kind")
    )
    cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", {**data, **act, **change(mail)})
    live = RsvpPage.objects.get(pk=event.pk)
    for page in (live, live.get_latest_revision_as_object()):
        assert {message.kind for message in page.messages.all()} == set(MessageKind)


def test_an_event_from_before_a_kind_of_mail_is_given_it_when_it_is_edited(cast, event, event_form):
    EventMessage.objects.filter(page=event, kind="waiting").delete()
    page = RsvpPage.objects.get(pk=event.pk)
    page.save_revision()
    data = {**event_form(cast.editor.client, event), "action-publish": "1"}
    assert cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", data).status_code == 302
    assert RsvpPage.objects.get(pk=event.pk).messages.count() == len(MessageKind)


def test_the_notices_are_shown_before_they_are_made(cast, choir):
    page = new_event_form(cast, choir)
    assert "made with these words when the event is saved first" in page
    assert "Thank you: Thank you, your seat is booked" in page


@pytest.mark.parametrize(("days", "sent", "told"), [(8, False, True), (6, False, False), (8, True, False)])
def test_a_reminder_due_after_the_replies_have_closed_is_told_of(cast, event, event_form, days, sent, told):
    if sent:
        rounds.begin(page=event, kind=MessageKind.REMINDER_UNANSWERED, before=timezone.now())
    closes = timezone.localtime(event.starts_at, event.zone) - dt.timedelta(days=days)
    data = {**event_form(cast.editor.client, event), "closes_at": f"{closes:%Y-%m-%d %H:%M}", "action-publish": "1"}
    page = text(cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", data, follow=True))
    assert ("The reminder to the unanswered will not be sent" in page) is told


def test_an_event_with_the_times_of_last_year_is_published_with_a_warning(cast, event, event_form):
    data = event_form(cast.editor.client, event) | {"closes_at": "2020-05-01 12:00", "action-publish": "1"}
    page = text(cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", data, follow=True))
    assert "replies have been closed since Friday 1 May 2020, 12:00" in page
    assert "invite people" not in page
    assert "Replies were closed on Friday 1 May 2020, 12:00" in text(
        cast.viewer.client.get(f"/admin/events/{event.pk}/")
    )


def test_a_party_larger_than_the_room_is_refused_in_numbers(cast, event, event_form):
    data = {**event_form(cast.editor.client, event), "capacity": "1", "largest_party": "2", "action-publish": "1"}
    page = text(cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", data))
    assert "A party of 2 is larger than the 1 seat there is" in page


def test_who_publishes_a_question_whose_answers_its_column_cannot_hold_is_told(cast, event, event_form):
    asked = ("checkbox", {"label": "Are you born in May?", "column": "birth_date", "help_text": ""})
    questions = nested_form_data({"questions": streamfield([asked])})
    data = event_form(cast.editor.client, event) | questions | {"action-publish": "1"}
    page = text(cast.editor.client.post(f"/admin/pages/{event.pk}/edit/", data, follow=True))
    assert "The answers to “Are you born in May?” cannot be saved into “Date of birth”" in page
    assert RsvpPage.objects.get(pk=event.pk).definition.questions[0].column == "birth_date"


def test_the_title_of_a_notice_keeps_no_slug_in_step_that_is_not_in_its_form(event, cast):
    """The script that does would end in an error."""
    notice = event.get_children().first()
    html = cast.editor.client.get(f"/admin/pages/{notice.pk}/edit/").content.decode()
    assert 'name="title"' in html
    assert "data-w-sync-target-value" not in html
