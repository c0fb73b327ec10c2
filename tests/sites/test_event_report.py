"""The report of an event, and what is taken out of it: who is coming, what they have answered."""

import datetime as dt
import io

from django.test import Client
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from registers.models import AccessLog
from tests.sites.conftest import text, yes


def test_an_export_needs_a_purpose_is_logged_and_holds_no_formula(desk, event):
    client, url = desk
    Client().post("/choir/summer-party/", yes(first_name="=HYPERLINK(1)"))
    asked = {"states": ["confirmed"], "format": "csv", "columns": ["first_name", "last_name"]}
    assert "what the list is for" in text(client.post(f"{url}export/", asked))
    assert "Choose at least one column" in text(client.post(f"{url}export/", {**asked, "purpose": "x", "columns": []}))
    response = client.post(f"{url}export/", {**asked, "purpose": "name tags"})
    table = b"".join(response.streaming_content).decode("utf-8-sig")
    assert table.splitlines() == ["First name,Last name", "'=HYPERLINK(1),Ek"]
    log = AccessLog.objects.get(action="export")
    assert (log.purpose, log.count, log.fields) == ("name tags", 1, ["First name", "Last name"])
    assert client.post(f"{url}export/", {**asked, "format": "xlsx", "purpose": "x"}).status_code == 200


def test_what_was_taken_of_an_event_is_told_of_its_guests_alone(desk, event, anna, cast):
    client, url = desk
    badges = {"purpose": "For the door", "size": "90x60", "under": "", "above": ""}
    Client().post("/choir/summer-party/", yes())
    client.get(f"{url}replies/{event.registrations.get().pk}/")
    assert client.post(f"{url}badges/", badges)["Content-Type"] == "application/pdf"
    asked = {"states": ["confirmed"], "format": "csv", "purpose": "Food", "columns": ["first_name"]}
    client.post(f"{url}export/", asked)
    guest = event.registrations.get().contact
    client.get(f"/admin/contacts/{guest.pk}/qr.svg")
    client.get(f"{url}replies/new/?contact={anna.pk}")
    assert AccessLog.objects.filter(action="view", subject=f"contact:{anna.pk}").count() == 1
    why = text(client.get(f"/admin/contacts/{guest.pk}/why/"))
    for purpose in ("For the door", "Food", "To a phone, as a QR code"):
        assert purpose in why
        assert purpose not in text(client.get(f"/admin/contacts/{anna.pk}/why/"))
    assert f'<a href="{url}">Summer party</a>, 1 person, ' in why
    log = cast.owner.client.get("/admin/access/").content.decode()
    assert f'<a href="{url}">Summer party</a>' in log
    assert "Reply to “Summer party”" in log


def test_numbers_and_days_that_were_answered_are_such_in_the_table(make_event, cast):
    questions = [
        {"type": "number", "value": {"label": "Bottles"}, "id": "n1"},
        {"type": "date", "value": {"label": "Arrives"}, "id": "d1"},
        {"type": "long_text", "value": {"label": "Wishes"}, "id": "w1"},
    ]
    event = make_event(questions=questions)
    Client().post(
        "/choir/summer-party/", yes(**{"q-n1": "1\u00a0002,5", "q-d1": "2037-02-28", "q-w1": "Soup,\r\nbread"})
    )
    assert "28 February 2037" in text(cast.editor.client.get(f"/admin/events/{event.pk}/report/"))
    answers = ["answer:n1", "answer:d1", "answer:w1"]
    asked = {"states": ["confirmed"], "format": "xlsx", "purpose": "shopping", "columns": answers}
    answer = cast.editor.client.post(f"/admin/events/{event.pk}/export/", asked)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    told = dict(zip(header, row, strict=True))
    assert (told["Bottles"], told["Arrives"], told["Wishes"]) == (1002.5, dt.date(2037, 2, 28), "Soup,\nbread")


def test_the_report_counts_answers_lists_guests_and_names_who_wrote(make_event, cast):
    diet = {"label": "Diet", "each_guest": True, "options": "Meat\nVegan"}
    wish = {"type": "text", "value": {"label": "Wish", "each_guest": True}, "id": "w1"}
    way = {"type": "radio", "value": {"label": "Way", "each_guest": True, "options": "Bus\nCar\nBoat"}, "id": "y1"}
    event = make_event(questions=[{"type": "radio", "value": diet, "id": "d1"}, wish, way])
    bo = {"q-d1": "Vegan", "q-w1": "A chair", "q-y1": "Bus"}
    cia = {"guest-1-first_name": "Cia", **{f"guest-1-{key}": value for key, value in bo.items()}}
    cia |= {"guest-1-q-w1": "A waltz", "guest-1-q-y1": "Car"}
    Client().post("/choir/summer-party/", yes(party_size="2", **bo, **cia))
    page = text(cast.viewer.client.get(f"/admin/events/{event.pk}/report/"))
    assert "Most often: “Vegan”, 2 of 2." in page
    assert "Most often: “Bus”, “Car”, 1 of 2 each." in page
    assert "<svg" in page
    written = strip_tags(page)
    assert "Bo Ek: A chair" in written
    assert "Cia, guest of Bo Ek: A waltz" in written


def test_the_report_says_no_of_a_box_left_empty_and_counts_one(make_event, cast):
    event = make_event(questions=[{"type": "checkbox", "value": {"label": "I sing"}, "id": "s1"}])
    Client().post("/choir/summer-party/", yes())
    page = text(cast.viewer.client.get(f"/admin/events/{event.pk}/report/"))
    assert "Most often: “no”, 1 of 1." in page
    assert "False" not in page
    assert "1 reply is a yes, 0 a no; 0 invited people have not answered." in page
