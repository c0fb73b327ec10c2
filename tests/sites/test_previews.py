"""Each state of an event as its editor previews it."""

import pytest
from django.test import RequestFactory

from sites.doors.previews import MODES

SHOWS = {
    "": "Yes, I am coming",
    "invited": "Dear Anna, are you coming?",
    "waiting": "put me on the waiting list",
    "full": "All seats are taken",
    "before": "Replies are not open yet",
    "closed": "Replies are closed",
    "cancelled": "This event is cancelled",
    "thank_you": "your seat is booked",
}


@pytest.mark.parametrize("mode", [mode for mode, _label in MODES])
def test_every_state_can_be_previewed(event, mode):
    response = event.make_preview_request(preview_mode=mode)
    assert response.status_code == 200
    assert SHOWS[mode] in response.rendered_content


def test_a_preview_that_does_not_exist_shows_the_open_page(event):
    response = event.serve_preview(RequestFactory().get("/"), "../../nonsense")
    response.render()
    assert "Yes, I am coming" in response.content.decode()


def test_a_page_that_is_being_written_is_previewed_before_it_is_saved(cast, choir, event):
    client = cast.editor.client
    assert client.get(f"/admin/pages/add/sites/rsvppage/{choir.home_page_id}/").status_code == 200
    response = client.get(f"/admin/pages/{event.pk}/edit/preview/?mode=full")
    assert response.status_code == 200
