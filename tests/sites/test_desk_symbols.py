"""The lists of an event's desk show who must not be written to, and why."""

from django.db import transaction
from django.urls import reverse

from registers.absences import set_absence, today
from registers.consents import record_consent
from registers.models import Purpose
from registers.suppression import suppress
from sites.seats import reply


def test_the_replies_and_the_search_show_symbols(cast, event, anna):
    with transaction.atomic():
        reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=False)
    suppress(organisation_id=anna.organisation_id, channel="email", address=anna.email, kind="unsubscribed")
    set_absence(contacts=[anna.pk], until=today().replace(year=today().year + 1, day=1))
    news = Purpose.objects.create(name="News")
    record_consent(contact=anna, purpose=news, channel="email", granted=False, how="phone")
    for address in (reverse("events:event", args=[event.pk]), reverse("events:find_person", args=[event.pk])):
        page = cast.editor.client.get(address, {"q": anna.first_name}).content.decode()
        for text in ("E-mail: Unsubscribed", "On leave until", "E-mail: Withdrew consent (News)"):
            assert text in page, (address, text)
