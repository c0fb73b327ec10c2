"""The second click of a double click, in a real browser."""

import pytest
from django.urls import reverse

from registers.contacts import save_contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Which clicks would send the form: one, its double, and one after a change. Nothing is sent: the page would be gone.
CLICKS = """button => {
    const sent = [];
    window.addEventListener('submit', (event) => { sent.push(!event.defaultPrevented); event.preventDefault(); });
    button.click();
    button.click();
    button.form.text.value += '!';
    button.click();
    return sent;
}"""


def test_it_does_not_send_a_form_of_the_admin_once_more(editor, organisation, register, page, live_server, settings):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    aino = save_contact(register=register, values={"first_name": "Aino"}, source="test")
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + reverse("registers:contact", args=[aino.pk]))
    page.get_by_label("What was said").fill("Rang about tickets")
    assert page.get_by_role("button", name="Add to the history").evaluate(CLICKS) == [True, False, True]
